import { systemPathProblem } from '../config/system-paths.js';
import { type BalancerServer, inAction, serversOf } from '../layers/http/balancer-servers.js';
import type { OperationRecord, TakenSpare } from '../ledger/ledger.js';
import { isSameAddress } from '../names/addresses.js';
import type { Host } from '../names/host.js';
import { compareNaturally } from '../names/natural-order.js';
import { fold } from '../names/nodeset.js';
import { laneOn } from '../plan/lane.js';
import type { Lane, Plan, Stage, Step } from '../plan/plan.js';
import { scopeWords } from '../plan/scope.js';
import { History } from '../record/history.js';
import { isTraffic, type TrafficAction } from '../traffic/actions.js';
import { type ClearActions, clearSteps, type Trace, traceIn } from './traces.js';

/** What planning needs to know; all of it is read beforehand. */
export interface UndoFacts {
  /** Which operation has which spare host now. */
  readonly rows: readonly TakenSpare[];
  /** The hosts as they are in the configuration now, by name. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** Hosts that the configuration lists as members and not as spares. */
  readonly configured: ReadonlySet<string>;
  /** The servers that get requests from the balancers now; empty if the application has no balancer. */
  readonly inTraffic: readonly Pick<BalancerServer, 'balancer' | 'address' | 'port'>[];
  /** Places of hosts that were installed without --start, and may have been started and put into traffic since. */
  readonly later: ReadonlyMap<string, readonly BalancerServer[]>;
  /** Whether the last host may leave traffic. */
  readonly toZero: boolean;
}

type UndoActions = TrafficAction | ClearActions;

/**
 * The plan that undoes an expansion: its hosts leave traffic, all of them; then they stop, lose what was put on them and
 * return to the pool. Only hosts that still belong to the expansion are touched. Pure, like planScale.
 */
export function planUndo(record: OperationRecord, facts: UndoFacts): Plan<UndoActions> {
  const { scope, locks } = record.plan;
  const { app, group, room } = scopeWords(scope);
  const traces = record.plan.kind === 'scale' ? tracesOf(record, facts) : [];
  const names = traces.map(({ host }) => host);
  const balancers = new Set(traces.flatMap(({ servers }) => servers.map(({ balancer }) => balancer)));
  return {
    version: 2,
    kind: 'undo',
    title: `undo ${record.id}: take ${names.length} ${names.length === 1 ? 'host' : 'hosts'} of ${app}/${group} out of room ${room}`,
    scope,
    locks,
    claims: [],
    takesOver: { operation: record.id, hosts: names },
    hosts: [...names, ...balancers].flatMap((name) => facts.hosts.get(name) ?? []),
    stages: stagesOf(traces, room),
    risks: [
      ...refusals(record, traces, facts).map((message) => ({ level: 'refuse', message }) as const),
      ...notes(record, traces, facts).map((message) => ({ level: 'note', message }) as const),
    ],
  };
}

/** The places that an expansion gives a host in traffic, one at each balancer; none if it does not join. */
export function placesInTraffic({ stages }: Plan): readonly BalancerServer[] {
  for (const { steps } of stages.flatMap((stage) => stage.lanes))
    for (const { action } of steps) if (isTraffic(action)) return serversOf(action);
  return [];
}

function tracesOf(record: OperationRecord, { rows, later }: UndoFacts): readonly Trace[] {
  return rows
    .filter((row) => row.operation === record.id && row.state !== 'unfit')
    .map(({ host }) => host)
    .sort(compareNaturally)
    .map((host) => {
      const trace = traceIn(record, host);
      return trace.servers.length > 0 ? trace : { ...trace, servers: later.get(host) ?? [] };
    });
}

function stagesOf(traces: readonly Trace[], room: string): readonly Stage<UndoActions>[] {
  const stage = (
    id: string,
    title: string,
    stepsOf: (trace: Trace) => readonly Step<UndoActions>[],
  ): Stage<UndoActions> => {
    const lanes = traces.map((trace): Lane<UndoActions> => laneOn(trace.host, stepsOf(trace)));
    return { id, title, lanes, standby: [], pass: 'each' };
  };
  const clear = stage('clear', 'clear', (trace) => clearSteps(trace, room));
  if (traces.every(({ servers }) => servers.length === 0)) return [clear];
  return [stage('leave', 'leave traffic', ({ servers }) => leaveSteps(servers)), clear];
}

function leaveSteps(servers: readonly BalancerServer[]): Step<TrafficAction>[] {
  const at = inAction(servers);
  return at
    ? [{ id: 'leave', title: 'leave', action: { kind: 'traffic.member', wanted: 'out', ...at } }]
    : [];
}

function refusals(record: OperationRecord, traces: readonly Trace[], facts: UndoFacts): string[] {
  const { id, plan, state, crashed } = record;
  if (plan.kind !== 'scale') return [`operation ${id} is no expansion: there is nothing to undo`];
  if (state === 'running' && !crashed) return [`operation ${id} is running`];
  if (traces.length === 0)
    return [
      record.undoneBy === null
        ? `no host belongs to operation ${id} any more: there is nothing to undo${takers(record, facts)}`
        : `operation ${id} was undone by operation ${record.undoneBy}`,
    ];
  const found = traces.flatMap(({ host, servers }) => [
    ...movedHost(plan, host, facts),
    ...servers.flatMap(({ balancer }) =>
      facts.hosts.has(balancer) ? [] : [`balancer ${balancer} is not configured`],
    ),
  ]);
  for (const path of traces.flatMap(({ paths }) => paths))
    if (systemPathProblem(path) !== undefined)
      found.push(`${path} is a folder of the system, which kuafu never removes`);
  if (leavesNone(traces, facts) && !facts.toZero)
    found.push(
      `no other host is in traffic for ${scopeWords(plan.scope).app}/${scopeWords(plan.scope).group} in room ${scopeWords(plan.scope).room}; --to-zero takes them out all the same`,
    );
  return [...new Set(found)];
}

/** The host must still have the address in the plan: otherwise another machine would be cleared. */
function movedHost(plan: Plan, name: string, { hosts }: UndoFacts): string[] {
  const then = plan.hosts.find((host) => host.name === name)?.ssh.address;
  return isSameAddress(hosts.get(name)?.ssh.address ?? '', then ?? '')
    ? []
    : [`the configuration no longer has ${name} at ${then}`];
}

/** Whether one of the balancers would be left without any server for its requests. */
function leavesNone(traces: readonly Trace[], { inTraffic }: UndoFacts): boolean {
  const leaving = traces.flatMap(({ servers }) => servers);
  const leaves = (place: UndoFacts['inTraffic'][number]) =>
    leaving.some(
      (server) =>
        server.balancer === place.balancer &&
        server.port === place.port &&
        isSameAddress(server.address, place.address),
    );
  return [...new Set(inTraffic.map(({ balancer }) => balancer))].some((balancer) =>
    inTraffic.filter((place) => place.balancer === balancer).every(leaves),
  );
}

function notes(record: OperationRecord, traces: readonly Trace[], facts: UndoFacts): string[] {
  if (traces.length === 0) return [];
  const found = [
    'what the init template did on the hosts stays, such as the account of the service',
    'what kuafu did not bring to its paths stays there, and is said',
  ];
  const others = takers(record, facts);
  if (others !== '') found.push(`left alone${others}`);
  if (record.resumable) found.push(`operation ${record.id} is closed by this and cannot be resumed any more`);
  if (leavesNone(traces, facts))
    found.push(`no host stays in traffic for ${record.app}/${record.group} in room ${record.room}`);
  const configured = traces.map(({ host }) => host).filter((host) => facts.configured.has(host));
  if (configured.length > 0)
    found.push(
      `${fold(configured)} stand in the configuration as members: put them back under spare after this`,
    );
  return found;
}

/** `: new-b-01 (assigned by operation …)` for the hosts that belonged to this operation and do not any more. */
function takers({ id, plan, events }: OperationRecord, { rows }: UndoFacts): string {
  const history = new History(events);
  const names = new Set(
    plan.stages.flatMap((stage) => [...stage.lanes, ...stage.standby]).map(({ host }) => host),
  );
  const taken = rows
    .filter((row) => names.has(row.host) && history.wasBegun(row.host))
    .filter((row) => row.operation !== id || row.state === 'unfit')
    .map((row) =>
      row.operation === id
        ? `${row.host} (unfit)`
        : `${row.host} (${row.state} by ${row.byHand?.operator ?? `operation ${row.operation}`})`,
    );
  return taken.length === 0 ? '' : `: ${taken.join(', ')}`;
}
