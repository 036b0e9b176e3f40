import { type BalancerServer, inAction } from '../layers/http/balancer-servers.js';
import type { OperationRecord, OperationSummary, TakenSpare } from '../ledger/ledger.js';
import { isSameAddress } from '../names/addresses.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import { laneOn } from '../plan/lane.js';
import type { Handover, Lane, Plan, Step } from '../plan/plan.js';
import { type ClearActions, clearSteps, type Trace } from '../scale/traces.js';
import type { TrafficAction } from '../traffic/actions.js';

/** A spare host to be cleaned, and what the ledger and the balancers say of it. */
export interface CleanHost {
  readonly host: Host;
  /** Undefined: the host is free. */
  readonly row: TakenSpare | undefined;
  /** The operation that has it. */
  readonly holder: Pick<OperationSummary, 'id' | 'title' | 'state' | 'crashed' | 'resumable'> | undefined;
  /** The newest expansion of each application on this host, and what that expansion has begun there. */
  readonly remains: readonly Remains[];
  /** Balancers that send it requests. */
  readonly inTraffic: readonly string[];
}

export interface Remains {
  readonly record: Pick<OperationRecord, 'id' | 'app' | 'group' | 'plan'>;
  readonly trace: Trace;
}

type CleanActions = TrafficAction | ClearActions;

/**
 * The plan that removes from spare hosts everything that kuafu brought there, also half-made copies, keys and spools, and
 * returns the hosts to the pool. A host that serves, or may serve, is never touched. Pure.
 */
export function planClean(hosts: readonly CleanHost[], balancers: readonly Host[]): Plan<CleanActions> {
  const dirty = hosts.filter(({ remains, row }) => remains.length > 0 || row !== undefined);
  const records = dirty.flatMap(({ remains }) => remains.map(({ record }) => record));
  const unique = (words: readonly string[]) => [...new Set(words)];
  return {
    version: 2,
    kind: 'clean',
    title: `clean ${fold(hosts.map(({ host }) => host.name))} of what kuafu has brought`,
    scope: {
      apps: unique(records.map(({ app }) => app)),
      groups: unique(records.map(({ group }) => group)),
      rooms: unique(hosts.map(({ host }) => host.room)),
    },
    locks: [],
    claims: dirty.filter(({ row }) => row === undefined).map(({ host }) => host.name),
    takesOver: handoversOf(dirty),
    hosts: [...new Set([...hosts.map(({ host }) => host), ...balancers])],
    stages: [{ id: 'clean', title: 'clean', lanes: dirty.map(laneOf), standby: [], pass: 'each' }],
    risks: [
      ...unique(dirty.flatMap(refusals)).map((message) => ({ level: 'refuse', message }) as const),
      ...notesOf(hosts, dirty).map((message) => ({ level: 'note', message }) as const),
    ],
  };
}

function handoversOf(dirty: readonly CleanHost[]): readonly Handover[] {
  const held = dirty.flatMap(({ row }) => row ?? []);
  return [...new Set(held.map(({ operation }) => operation))].map((operation) => ({
    operation,
    hosts: held.filter((row) => row.operation === operation).map(({ host }) => host),
    unfit: true,
  }));
}

/** If two applications were on the host, the steps of the second have its name. */
function laneOf({ host, remains }: CleanHost): Lane<CleanActions> {
  const cleared = remains.flatMap(({ record, trace }, index) => {
    const named = (step: Step<CleanActions>): Step<CleanActions> =>
      index === 0 ? step : { ...step, id: `${step.id}-${record.app}`, title: `${step.title} ${record.app}` };
    return [...leaveSteps(trace.servers), ...clearSteps(trace, host.room, true)]
      .filter(({ id }) => id !== 'return')
      .map(named);
  });
  const back: Step<CleanActions> = {
    id: 'return',
    title: 'return',
    action: { kind: 'pool.release', room: host.room },
  };
  return laneOn(host.name, [...cleared, back]);
}

function leaveSteps(servers: readonly BalancerServer[]): Step<TrafficAction>[] {
  const at = inAction(servers);
  return at
    ? [{ id: 'leave', title: 'leave', action: { kind: 'traffic.member', wanted: 'out', ...at } }]
    : [];
}

function refusals({ host, row, holder, remains, inTraffic }: CleanHost): string[] {
  const { name } = host;
  if (row?.state === 'assigned')
    return [`${name} serves ${row.app}/${row.group}: kuafu scale --undo ${row.operation} takes it out`];
  if (row?.byHand !== undefined)
    return [
      `${name} is reserved by ${row.byHand.operator} until ${row.byHand.until}: kuafu resource release ${name}`,
    ];
  if (holder?.state === 'running' && !holder.crashed)
    return [`${name} belongs to operation ${holder.id} (${holder.title}), which is running`];
  if (holder?.resumable)
    return [
      `${name} belongs to operation ${holder.id} (${holder.title}), which can go on: kuafu ops resume ${holder.id}, or give it up first: kuafu ops close ${holder.id}`,
    ];
  if (row?.state === 'reserved') return [`${name} is reserved for operation ${row.operation}`];
  const found = remains.flatMap(({ record }) => {
    const then = record.plan.hosts.find((each) => each.name === name)?.ssh.address ?? '';
    return isSameAddress(host.ssh.address, then)
      ? []
      : [`the configuration no longer has ${name} at ${then}`];
  });
  if (inTraffic.length > 0)
    found.push(
      `${name} gets requests from ${fold(inTraffic)}: take it out there first, as nobody knows for whom it serves`,
    );
  return found;
}

/** Nothing is removed there: what was wrong before is wrong still, and the next expansion sets the host aside again. */
function setAsideNotes(dirty: readonly CleanHost[]): string[] {
  return dirty.flatMap(({ host, row, remains }) =>
    remains.length === 0 && row !== undefined && row.reason !== ''
      ? [
          `nothing was brought to ${host.name}, so nothing is removed there; put this right first: ${row.reason}`,
        ]
      : [],
  );
}

function notesOf(hosts: readonly CleanHost[], dirty: readonly CleanHost[]): string[] {
  const untouched = hosts.filter((each) => !dirty.includes(each)).map(({ host }) => host.name);
  const found =
    untouched.length === 0
      ? []
      : [`no operation has put anything on ${fold(untouched)}: nothing to do there`];
  if (dirty.length === 0) return found;
  return [
    ...found,
    ...setAsideNotes(dirty),
    'what the init template did on the hosts stays, such as the account of the service',
    'what kuafu did not bring to its paths stays there, and is said',
  ];
}
