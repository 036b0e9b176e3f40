import type { AppConfig } from '../config/config-types.js';
import { inAction } from '../layers/http/balancer-servers.js';
import type { OperationRecord, TakenSpare } from '../ledger/ledger.js';
import { isSameAddress } from '../names/addresses.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import { compareNaturally } from '../names/natural-order.js';
import type { Amount } from '../plan/amount.js';
import { laneOn } from '../plan/lane.js';
import type { Lane, Plan, Risk, Stage, Step } from '../plan/plan.js';
import { refusal } from '../plan/risk.js';
import { step } from '../plan/step.js';
import { floorOf, floorRefusal } from '../restart/floor.js';
import type { RestartFacts } from '../restart/restart-facts.js';
import type { Place } from '../restart/restart-request.js';
import type { TrafficActions } from '../traffic/actions.js';
import { placesAt } from '../traffic/way-in.js';
import { type ClearActions, clearSteps, traceIn } from './traces.js';

export interface ShrinkRequest {
  readonly app: AppConfig;
  readonly group: string;
  readonly room: string;
  /** How many hosts are to remain. */
  readonly to: number;
  /** How many of the present hosts must serve afterwards. */
  readonly keep: Amount;
}

export interface ShrinkFacts extends RestartFacts {
  readonly members: readonly Host[];
  /** The members that the ledger records; the other members stand in the configuration. */
  readonly rows: readonly TakenSpare[];
  /** Hosts that are members in the configuration, whatever the ledger says. */
  readonly configured: ReadonlySet<string>;
  /** The operations that brought the members, by id. */
  readonly records: ReadonlyMap<string, OperationRecord>;
}

/** How long requests may take to end. */
const DRAIN_MS = 30_000;

/** A host that leaves, and the operation that brought it. */
interface Leaver {
  readonly host: Host;
  readonly record: OperationRecord;
}

type ShrinkActions = TrafficActions | ClearActions;

/**
 * The plan that makes a group smaller. The hosts that expansions brought last leave traffic, all of them; then each is
 * cleared as by an undo. Hosts that the configuration declares are never removed. Pure.
 */
export function planShrink(request: ShrinkRequest, facts: ShrinkFacts): Plan<ShrinkActions> {
  const { app, group, room, to } = request;
  const { members } = facts;
  const leavers = leaversOf(request, facts);
  const place: Place = { group, room, members, chosen: leavers.map(({ host }) => host) };
  const balancers = facts.balancers.get(room)?.balancers ?? [];
  const operations = [...new Set(leavers.map(({ record }) => record))];
  return {
    version: 2,
    kind: 'shrink',
    title: `scale ${app.name}/${group} in room ${room} from ${members.length} to ${to} ${to === 1 ? 'host' : 'hosts'}`,
    scope: { apps: [app.name], groups: [group], rooms: [room] },
    locks: [`app/${app.name}/${group}/${room}`],
    claims: [],
    takesOver: operations.map((record) => ({
      operation: record.id,
      hosts: leavers.filter((each) => each.record === record).map(({ host }) => host.name),
    })),
    hosts: [...new Set([...members, ...balancers])],
    stages: stagesOf(leavers, place, request, facts),
    risks: [
      ...refusals(leavers, place, request, facts),
      ...notes(operations).map((message) => ({ level: 'note', message }) as const),
    ],
  };
}

/** The youngest host first; for equal ages the last by name. */
function leaversOf({ to }: ShrinkRequest, { members, rows, configured, records }: ShrinkFacts): Leaver[] {
  const leavers = [...rows]
    .sort((a, b) => (a.since < b.since ? 1 : a.since > b.since ? -1 : compareNaturally(b.host, a.host)))
    .flatMap((row) => {
      const host = members.find(({ name }) => name === row.host);
      const record = records.get(row.operation);
      return host === undefined || record === undefined || configured.has(host.name)
        ? []
        : [{ host, record }];
    });
  return leavers.slice(0, Math.max(0, members.length - to));
}

function stagesOf(
  leavers: readonly Leaver[],
  place: Place,
  request: ShrinkRequest,
  facts: ShrinkFacts,
): readonly Stage<ShrinkActions>[] {
  const stage = (
    id: string,
    title: string,
    stepsOf: (leaver: Leaver) => readonly Step<ShrinkActions>[],
  ): Stage<ShrinkActions> => {
    const lanes = leavers.map((leaver): Lane<ShrinkActions> => laneOn(leaver.host.name, stepsOf(leaver)));
    return { id, title, lanes, standby: [], pass: 'each' };
  };
  const clear = stage('clear', 'clear', ({ host, record }) =>
    clearSteps(traceIn(record, host.name), request.room),
  );
  if (!facts.balancers.has(request.room)) return [clear];
  return [stage('leave', 'leave traffic', ({ host }) => leaveSteps(host, place, request, facts)), clear];
}

function leaveSteps(
  host: Host,
  place: Place,
  { app, room, keep }: ShrinkRequest,
  facts: ShrinkFacts,
): Step<TrafficActions>[] {
  const look = facts.balancers.get(room);
  const member = look?.members.get(host.name);
  const at = inAction(member?.wanted ?? []);
  const steps: Step<TrafficActions>[] = [];
  if (at)
    steps.push(
      step('leave', { kind: 'traffic.leave', ...at, floor: floorOf(app, place, keep, facts), unasked: true }),
      step('drain', { kind: 'traffic.drain', withinMs: DRAIN_MS, ...at }),
    );
  const out = app.traffic && inAction(placesAt(app.traffic, look?.balancers ?? [], host));
  return out ? [...steps, step('out', { kind: 'traffic.member', wanted: 'out', ...out })] : steps;
}

function refusals(
  leavers: readonly Leaver[],
  place: Place,
  { app, group, room, to, keep }: ShrinkRequest,
  facts: ShrinkFacts,
): Risk[] {
  const found = [...(facts.balancers.get(room)?.doubts ?? [])];
  const wanted = place.members.length - to;
  if (leavers.length < wanted) {
    const removable = facts.rows.filter((row) => !facts.configured.has(row.host)).map((row) => row.host);
    const fixed = place.members.map(({ name }) => name).filter((name) => !removable.includes(name));
    found.push(
      `${app.name}/${group} in room ${room} has ${place.members.length} hosts, of which ${fold(fixed)} ${fixed.length === 1 ? 'stands' : 'stand'} in the configuration and ${fixed.length === 1 ? 'is' : 'are'} never removed: --to ${fixed.length} is the least`,
    );
  }
  for (const { host, record } of leavers) {
    if (record.state === 'running' && !record.crashed) found.push(`operation ${record.id} is running`);
    const then = record.plan.hosts.find(({ name }) => name === host.name)?.ssh.address ?? '';
    if (!isSameAddress(host.ssh.address, then))
      found.push(`the configuration no longer has ${host.name} at ${then}`);
  }
  if (found.length === 0) return floorRefusal(app, place, keep, facts);
  return [...new Set(found)].map((message) => refusal(message));
}

function notes(operations: readonly OperationRecord[]): string[] {
  if (operations.length === 0) return [];
  return [
    'what the init template did on the hosts stays, such as the account of the service',
    'what kuafu did not bring to its paths stays there, and is said',
    ...operations
      .filter(({ resumable }) => resumable)
      .map(({ id }) => `operation ${id} is closed by this and cannot be resumed any more`),
  ];
}
