import { POOL_STATES, type PoolHost, type PoolState } from '../../inventory/pool.js';
import type { ReleasedReservation, TakenSpare } from '../../ledger/ledger.js';
import { fold } from '../../names/nodeset.js';
import { quoteWord } from '../../shell/quote.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { renderCsv } from '../frame/csv.js';
import { localMinute, localTime, zoneOf } from '../frame/local-time.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { suggested } from '../frame/suggested.js';
import { type Cell, renderTable } from '../frame/table.js';

export interface PoolViewOptions {
  readonly now: Date;
  /** Columns to stay within; no limit by default. */
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

/** `room B: 4 free, 20 assigned, 0 reserved, 0 unfit`, a line for each room. */
export function renderPoolSummary(rooms: readonly string[], pool: readonly PoolHost[]): string {
  return rooms
    .map((room) => {
      const counts = countStates(pool.filter((host) => host.room === room));
      return `room ${room}: ${POOL_STATES.map((state) => `${counts[state]} ${state}`).join(', ')}`;
    })
    .join('\n');
}

export function countStates(pool: readonly PoolHost[]): Readonly<Record<PoolState, number>> {
  const counts = { free: 0, assigned: 0, reserved: 0, unfit: 0 };
  for (const { state } of pool) counts[state] += 1;
  return counts;
}

/** Hosts that are equal except for the name share a row. */
export function renderPool(pool: readonly PoolHost[], options: PoolViewOptions): string {
  const groups = new Map<string, PoolHost[]>();
  for (const host of pool) {
    const key = JSON.stringify([
      host.room,
      host.state,
      host.app,
      host.group,
      host.operation,
      host.reason,
      host.byHand,
    ]);
    groups.set(key, [...(groups.get(key) ?? []), host]);
  }
  const rows = [...groups.values()].flatMap((hosts) => {
    const [first] = hosts;
    if (first === undefined) return [];
    const [since = ''] = hosts.map((host) => host.since).sort();
    return [
      [
        first.room,
        stateCell(first, options),
        String(hosts.length),
        groupName(first),
        first.operation,
        sinceText(since, options),
        fold(hosts.map((host) => host.host)),
        why(first, options),
      ],
    ];
  });
  const head = ['ROOM', 'STATE', 'HOSTS', 'GROUP', 'OPERATION', sinceHead(options), 'NAMES'];
  return tableWithReasons(head, rows, options);
}

/** One row a host. */
export function renderPoolHosts(pool: readonly PoolHost[], options: PoolViewOptions): string {
  const rows = pool.map((host) => [
    host.host,
    host.address,
    host.room,
    stateCell(host, options),
    groupName(host),
    host.operation,
    sinceText(host.since, options),
    why(host, options),
  ]);
  const head = ['HOST', 'ADDRESS', 'ROOM', 'STATE', 'GROUP', 'OPERATION', sinceHead(options)];
  return tableWithReasons(head, rows, options);
}

/** `kuafu resource list --csv`: a row for each host. */
export function renderPoolCsv(pool: readonly PoolHost[]): string {
  const head = 'host,address,room,state,app,group,operation,since,reserved_by,until,reason';
  return renderCsv(
    head.split(','),
    pool.map(({ host, address, room, state, app, group, operation, since, byHand, reason }) => [
      ...[host, address, room, state, app, group, operation, since],
      ...[byHand?.operator ?? '', byHand?.until ?? '', reason],
    ]),
  );
}

/** What `kuafu resource release` did, or would do: `new-b-07: was unfit (disk full), is free now`. */
export function renderReleased(
  rows: readonly Pick<TakenSpare, 'host' | 'state' | 'reason' | 'byHand'>[],
  alreadyFree: readonly string[],
  dryRun: boolean,
): string {
  const released = rows.map(({ host, state, reason, byHand }) => {
    const by = byHand === undefined ? '' : ` by ${byHand.operator}`;
    const because = reason === '' ? '' : ` (${sanitizeLine(reason)})`;
    const before = `${state}${by}${because}`;
    return dryRun ? `${host}: is ${before}, would be free` : `${host}: was ${before}, is free now`;
  });
  return [...released, ...alreadyFree.map((host) => `${host}: free already`)].join('\n');
}

/** What `kuafu resource reserve` did, or would do. */
export function renderReserved(rows: readonly TakenSpare[], dryRun: boolean): string {
  const names = fold(rows.map((row) => row.host));
  const until = rows[0]?.byHand?.until;
  if (until === undefined) return 'nothing to reserve';
  if (dryRun) return `${names}: would be reserved until ${localTime(until)}`;
  return `${names}: reserved until ${localTime(until)}\nearlier: ${suggested(`kuafu resource release ${quoteWord(names)}`)}`;
}

/** Tells an operator that another operator released the reservation. */
export function renderReleasedReservations(
  released: readonly ReleasedReservation[],
  { now }: PoolViewOptions,
): string {
  return released
    .map(
      ({ host, operator, until, releasedBy, releasedAt }) =>
        `${host}: ${operator} had reserved it until ${localMinute(until, now)}; ${releasedBy} released it ${localMinute(releasedAt, now)}`,
    )
    .join('\n');
}

/** `reserved by wang until 11-23 18:05: drill rehearsal`, or why it is unfit. */
function why({ reason, byHand }: PoolHost, { now }: PoolViewOptions): string {
  if (byHand === undefined) return reason;
  const who = `by ${byHand.operator} until ${localMinute(byHand.until, now)}`;
  return reason === '' ? who : `${who} (${reason})`;
}

/** @param rows each with a reason at its end, which may be empty */
function tableWithReasons(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: PoolViewOptions,
): string {
  const paint = options.paint ?? plain;
  const style = {
    paintHead: (text: string) => paint.dim(text),
    width: options.width ?? Number.POSITIVE_INFINITY,
  };
  if (rows.some((row) => row.at(-1) !== ''))
    return renderTable([...head, 'REASON'], rows, { ...style, textBelow: true });
  // An empty column would take width that a terminal of 80 columns does not have.
  const withoutReasons = rows.map((row) => row.slice(0, -1));
  return renderTable(head, withoutReasons, style);
}

function stateCell({ state }: PoolHost, { paint = plain }: PoolViewOptions) {
  const colour = { free: paint.green, assigned: paint.cyan, reserved: paint.yellow, unfit: paint.red };
  return { text: state, paint: colour[state] };
}

function groupName({ app, group, state }: PoolHost): string {
  return state === 'free' || app === '' ? '' : `${app}/${group}`;
}

function sinceHead({ now }: PoolViewOptions): string {
  return `SINCE ${zoneOf(now)}`;
}

function sinceText(since: string, { now }: PoolViewOptions): string {
  return since === '' ? '' : localMinute(since, now);
}
