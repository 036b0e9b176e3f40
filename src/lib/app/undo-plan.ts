import { isSameAddress } from '../config/addresses.js';
import { systemPathProblem } from '../config/system-paths.js';
import type { Host } from '../inventory/inventory-types.js';
import { compareNaturally } from '../inventory/natural-order.js';
import { fold } from '../inventory/nodeset.js';
import type { OperationRecord, ResourceRow } from '../ledger/ledger.js';
import type { BalancerServer, Unrecorded } from '../plan/action.js';
import { inAction, serversOf } from '../plan/balancer-servers.js';
import type { Lane, Plan, Stage, Step } from '../plan/plan.js';
import { History, type StepState } from '../run/history.js';

/** What planning needs to know of the world; all read beforehand. */
export interface UndoFacts {
  /** Who has which spare host now. */
  readonly rows: readonly ResourceRow[];
  /** The hosts as the configuration has them now, by name. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** Hosts that stand in the configuration as members and not as spares. */
  readonly configured: ReadonlySet<string>;
  /** Where the balancers send requests now; empty where the application has none. */
  readonly inTraffic: readonly Pick<BalancerServer, 'balancer' | 'address' | 'port'>[];
  /** Whether the last host may leave traffic. */
  readonly toZero: boolean;
}

/** What an expansion has begun on a host. */
interface Trace {
  readonly host: string;
  readonly servers: readonly BalancerServer[];
  readonly unit: string | undefined;
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  /** Of `paths`, the environment files. */
  readonly files: readonly string[];
  /** Absent where it is written down on the host what was brought. */
  readonly unrecorded?: Unrecorded;
}

type PastStep = Step & { readonly past: StepState };

/**
 * The plan that takes an expansion back: its hosts leave traffic, all of them, then stop, lose what was put on them
 * and return to the pool. Only hosts that still belong to it are touched. Pure, as planScale.
 */
export function planUndo(record: OperationRecord, facts: UndoFacts): Plan {
  const { app, group, room, locks } = record.plan;
  const traces = record.plan.operation === 'scale' ? tracesOf(record, facts) : [];
  const names = traces.map(({ host }) => host);
  const balancers = new Set(traces.flatMap(({ servers }) => servers.map(({ balancer }) => balancer)));
  return {
    version: 1,
    operation: 'undo',
    title: `undo ${record.id}: take ${names.length} ${names.length === 1 ? 'host' : 'hosts'} of ${app}/${group} out of room ${room}`,
    app,
    group,
    room,
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

/** The places that an expansion gives a host in traffic, one at each balancer; none where it joins none. */
export function placesInTraffic({ stages }: Plan): readonly BalancerServer[] {
  for (const { steps } of stages.flatMap((stage) => stage.lanes))
    for (const { action } of steps) if (action.kind === 'traffic') return serversOf(action);
  return [];
}

function tracesOf({ id, plan, events }: OperationRecord, { rows }: UndoFacts): readonly Trace[] {
  const history = new History(events);
  const lanes = new Map<string, (Step & { readonly stage: string })[]>();
  for (const stage of plan.stages)
    for (const { host, steps } of [...stage.lanes, ...stage.standby])
      lanes.set(host, [...(lanes.get(host) ?? []), ...steps.map((step) => ({ ...step, stage: stage.id }))]);
  return rows
    .filter((row) => row.operation === id && row.state !== 'unfit')
    .map(({ host }) => host)
    .sort(compareNaturally)
    .map((host) => {
      const steps = lanes.get(host) ?? [];
      const begun = steps
        .map((step) => ({ ...step, past: history.state({ ...step, host, step: step.id }) }))
        .filter(({ past }) => past.attempts > 0);
      return traceOf(host, steps, begun);
    });
}

/** A unit may be there, and have been started by hand, as soon as anything was put on the host. */
function traceOf(host: string, steps: readonly Step[], begun: readonly PastStep[]): Trace {
  const done = begun.map(({ action }) => action);
  const trees = done.flatMap((action) => (action.kind === 'copy' ? [action.tree] : []));
  const files = done.flatMap((action) => (action.kind === 'env' ? [action.path] : []));
  const paths = [...trees.flatMap((tree) => tree.paths), ...files];
  const traffic = done.find((action) => action.kind === 'traffic');
  const service = steps.map(({ action }) => action).find((action) => action.kind === 'service');
  return {
    host,
    paths,
    exclude: trees.flatMap(({ exclude }) => exclude),
    files,
    servers: traffic?.kind === 'traffic' ? serversOf(traffic) : [],
    unit: paths.length > 0 && service?.kind === 'service' ? service.unit : undefined,
    ...unrecordedOf(steps, begun),
  };
}

/** Plans that do not say what must not be at the paths of an app are of versions that wrote nothing down on hosts. */
function unrecordedOf(steps: readonly Step[], begun: readonly PastStep[]): Pick<Trace, 'unrecorded'> {
  const connect = steps.map(({ action }) => action).find((action) => action.kind === 'connect');
  if (connect?.kind !== 'connect' || connect.need.place !== undefined) return {};
  let found: Unrecorded = {};
  for (const { action, past } of begun) {
    // The first attempt found it there: it was somebody else's.
    if (past.attempts === 1 && past.result?.status === 'done' && !past.result.changed) continue;
    if (action.kind === 'copy') found = { ...found, tree: action.tree };
    else if (action.kind === 'env') found = { ...found, env: { path: action.path, values: action.values } };
  }
  return { unrecorded: found };
}

function stagesOf(traces: readonly Trace[], room: string): readonly Stage[] {
  const stage = (id: string, title: string, stepsOf: (trace: Trace) => readonly Step[]): Stage => {
    const lanes = traces.map((trace): Lane => ({ host: trace.host, steps: stepsOf(trace) }));
    return { id, title, lanes, standby: [], gate: false };
  };
  const clear = stage('clear', 'clear', (trace) => clearSteps(trace, room));
  if (traces.every(({ servers }) => servers.length === 0)) return [clear];
  return [stage('leave', 'leave traffic', ({ servers }) => leaveSteps(servers)), clear];
}

function leaveSteps(servers: readonly BalancerServer[]): Step[] {
  const at = inAction(servers);
  return at ? [{ id: 'leave', title: 'leave', action: { kind: 'traffic', wanted: 'out', ...at } }] : [];
}

function clearSteps({ unit, paths, exclude, files, unrecorded }: Trace, room: string): readonly Step[] {
  const steps: Step[] = [];
  if (unit !== undefined)
    steps.push({ id: 'stop', title: 'stop', action: { kind: 'service', unit, wanted: 'stopped' } });
  if (paths.length > 0)
    steps.push({
      id: 'remove',
      title: 'remove',
      action: { kind: 'remove', paths, exclude, files, ...(unrecorded ? { unrecorded } : {}) },
    });
  return [...steps, { id: 'return', title: 'return', action: { kind: 'release', room } }];
}

function refusals(record: OperationRecord, traces: readonly Trace[], facts: UndoFacts): string[] {
  const { id, plan, state, crashed } = record;
  if (plan.operation !== 'scale') return [`operation ${id} is no expansion: there is nothing to undo`];
  if (state === 'running' && !crashed) return [`operation ${id} is running`];
  if (traces.length === 0)
    return [`no host belongs to operation ${id} any more: there is nothing to undo${takers(record, facts)}`];
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
      `no other host is in traffic for ${plan.app}/${plan.group} in room ${plan.room}; --to-zero takes them out all the same`,
    );
  return [...new Set(found)];
}

/** The plan's own address must still be that of the host: else it is another machine that would be cleared. */
function movedHost(plan: Plan, name: string, { hosts }: UndoFacts): string[] {
  const then = plan.hosts.find((host) => host.name === name)?.ssh.address;
  return isSameAddress(hosts.get(name)?.ssh.address ?? '', then ?? '')
    ? []
    : [`the configuration no longer has ${name} at ${then}`];
}

/** Whether one of the balancers would be left without anybody to send requests to. */
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

/** `: new-b-01 (assigned by operation …)` for the hosts that were this operation's and are not to be had. */
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
        : `${row.host} (${row.state} by operation ${row.operation})`,
    );
  return taken.length === 0 ? '' : `: ${taken.join(', ')}`;
}
