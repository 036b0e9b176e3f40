import type { AppConfig } from '../config/config-types.js';
import { healthUrl } from '../host/health-check.js';
import { type BalancerServer, inAction } from '../layers/http/balancer-servers.js';
import type { KeptOut } from '../ledger/ledger.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import { parseBudgets } from '../plan/budget.js';
import { laneOn } from '../plan/lane.js';
import type { Lane, Plan, Step } from '../plan/plan.js';
import type { TrafficAction } from '../traffic/actions.js';
import type { JoinFacts } from '../traffic/join-facts.js';
import { keptOutWords } from '../traffic/kept-out-words.js';
import type { HealthAction } from '../unit/actions.js';
import { startCommand } from '../unit/not-started.js';

/** A host that should be in traffic but is not, and the places that it lacks. */
export interface Absent {
  readonly host: Host;
  /** One for each balancer that does not know it, or that an earlier operation left drained. */
  readonly places: readonly BalancerServer[];
}

export interface RepairFacts {
  readonly app: AppConfig;
  readonly room: string;
  /** All groups of the application that have hosts in the room. */
  readonly groups: readonly string[];
  readonly absent: readonly Absent[];
  /** Hosts where an expansion has installed the application and it was never started: no balancer ever knew them. */
  readonly notStarted: readonly string[];
  /** Hosts that were taken out: they stay out. */
  readonly out: readonly string[];
  /** Hosts that an operator keeps out: they stay out, whatever a balancer has forgotten. */
  readonly keptOut: readonly KeptOut[];
  readonly doubts: readonly string[];
  readonly join: JoinFacts;
}

type RepairActions = TrafficAction | HealthAction;

/**
 * The plan that brings back hosts that a balancer forgot when it restarted. The health of each host is checked first. Hosts
 * that were taken out stay out. Pure.
 */
export function planRepair(facts: RepairFacts): Plan<RepairActions> {
  const { app, room, groups, absent, notStarted, out, keptOut, doubts, join } = facts;
  const count = absent.length;
  const notes = [
    ...(notStarted.length === 0
      ? []
      : [`installed and not started yet, so not brought back: ${startCommand(app.name, notStarted)}`]),
    ...(out.length === 0
      ? []
      : [
          `${fold(out)} ${out.length === 1 ? 'was' : 'were'} taken out by somebody, and ${out.length === 1 ? 'stays' : 'stay'} out`,
        ]),
    ...keptOutWords(keptOut, (hosts) => `: not brought back; kuafu traffic ready ${hosts} does`),
    ...join.notes,
  ];
  return {
    version: 2,
    kind: 'traffic-repair',
    title: `bring ${count} ${count === 1 ? 'host' : 'hosts'} of ${app.name} back into traffic in room ${room}`,
    scope: { apps: [app.name], groups, rooms: [room] },
    locks: groups.map((group) => `app/${app.name}/${group}/${room}`),
    claims: [],
    hosts: [...new Set([...absent.map(({ host }) => host), ...join.balancers])],
    stages: [
      {
        id: 'repair',
        title: 'repair',
        lanes: absent.map((each): Lane<RepairActions> => laneOn(each.host.name, stepsOf(app, each))),
        standby: [],
        pass: 'each',
      },
    ],
    rollout: { budgets: parseBudgets({}, count) },
    risks: [
      ...(count === 0 ? [] : [...doubts, ...join.refusals]).map(
        (message) => ({ level: 'refuse', message }) as const,
      ),
      ...notes.map((message) => ({ level: 'note', message }) as const),
    ],
  };
}

function stepsOf({ health, service: unit }: AppConfig, { host, places }: Absent): Step<RepairActions>[] {
  const at = inAction(places);
  const steps: Step<RepairActions>[] = [];
  if (health) {
    const url = healthUrl(health, host);
    steps.push({ id: 'health', title: 'health', action: { kind: 'unit.health', check: health, url, unit } });
  }
  if (at)
    steps.push({
      id: 'join',
      title: 'join',
      action: { kind: 'traffic.member', wanted: 'in', ...at, back: true },
    });
  return steps;
}
