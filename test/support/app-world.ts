import type { AppConfig } from '../../src/lib/config/config-types.js';
import type { AppFacts } from '../../src/lib/maintenance/maintenance-facts.js';
import type { Plan } from '../../src/lib/plan/plan.js';
import type { HostLook } from '../../src/lib/restart/restart-facts.js';
import type { InTraffic } from '../../src/lib/traffic/traffic-facts.js';
import { hostNamed } from './fake-room.js';

const HEALTH = {
  http: 'http://{address}:8080/',
  passes: 3,
  everyMs: 1000,
  timeoutMs: 2000,
  withinMs: 30_000,
};
export const BY_WANG = { operator: 'wang', since: '2026-11-29T21:40:05.000Z', operation: '261129-k3f9' };

export type Where = 'in' | 'drained' | 'shut' | 'unknown';

/** Hosts B1, B2, … of group web in room B, and what they and their balancer say. */
export interface AppWorld {
  readonly name?: string;
  readonly size?: number;
  readonly chosen: readonly string[];
  /** Unless told all are in traffic. */
  readonly where?: Readonly<Record<string, Where>>;
  readonly kept?: readonly string[];
  readonly left?: readonly string[];
  readonly sick?: readonly string[];
  readonly silent?: readonly string[];
  readonly stopped?: readonly string[];
  /** Without the unit. */
  readonly bare?: readonly string[];
  readonly balancer?: boolean;
  readonly doubts?: readonly string[];
}

export function appOf(world: AppWorld): AppFacts {
  const { name = 'shop', size = 4, chosen, where = {}, kept = [], left = [], balancer = true } = world;
  const traffic = { balancers: new Map([['B', ['lb-b']]]), control: 'haproxy:/s', backend: name, port: 8080 };
  const app = {
    name,
    service: `${name}.service`,
    health: HEALTH,
    traffic,
    groups: new Map([['web', new Map()]]),
  };
  const names = Array.from({ length: size }, (_, index) => `B${index + 1}`);
  const members = names.map(hostNamed);
  const server = (host: string) => ({
    balancer: 'lb-b',
    control: 'haproxy:/s',
    backend: name,
    name: host,
    address: '198.18.2.101',
    port: 8080,
  });
  const inTraffic = (host: string): InTraffic => {
    const is = where[host] ?? 'in';
    const at = (wanted: Where) => (is === wanted ? [server(host)] : []);
    const seen = is === 'in' ? 'up' : 'down';
    return { seen, hasWeight: true, wanted: at('in'), drained: at('drained'), shut: at('shut') };
  };
  const look = (host: string): HostLook => {
    if (world.silent?.includes(host)) return { reached: false, reason: `${host}: no answer` };
    const activeState = world.stopped?.includes(host) ? 'inactive' : 'active';
    const isWell = activeState === 'active' && !world.sick?.includes(host);
    const loadState = world.bare?.includes(host) ? 'not-found' : 'loaded';
    const unit = {
      loadState,
      activeState,
      invocation: 'x',
      result: '',
      restarts: 0,
      hasRun: true,
      status: '',
    };
    return {
      reached: true,
      unit,
      health: isWell ? { state: 'healthy' } : { state: 'sick', reason: 'HTTP 500' },
    };
  };
  const known = names.filter((host) => where[host] !== 'unknown');
  const room = {
    balancers: [hostNamed('lb-b')],
    members: new Map(known.map((host) => [host, inTraffic(host)])),
    doubts: world.doubts ?? [],
    left: new Map(left.map((host) => [host, '1-op'])),
  };
  return {
    app: app as unknown as AppConfig,
    places: [
      { group: 'web', room: 'B', members, chosen: members.filter((host) => chosen.includes(host.name)) },
    ],
    facts: {
      looks: new Map(names.map((host) => [host, look(host)])),
      balancers: new Map(balancer ? [['B', room]] : []),
      keptOut: new Map(kept.map((host) => [host, { host, app: name, ...BY_WANG }])),
      notStarted: new Set(),
    },
  };
}

/** The ids of the steps, by host. */
export function stepsIn(plan: Plan, stage = 0): Readonly<Record<string, readonly string[]>> {
  const lanes = plan.stages[stage]?.lanes ?? [];
  return Object.fromEntries(lanes.map((lane) => [lane.name, lane.steps.map(({ id }) => id)]));
}

export function said(plan: Plan, level: 'note' | 'refuse'): readonly string[] {
  return plan.risks.flatMap((risk) => (risk.level === level ? [risk.message] : []));
}
