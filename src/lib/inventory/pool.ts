import type { TakenSpare } from '../ledger/ledger.js';
import type { Host } from '../names/host.js';
import { compareNaturally } from '../names/natural-order.js';

export const POOL_STATES = ['free', 'assigned', 'reserved', 'unfit'] as const;
export type PoolState = (typeof POOL_STATES)[number];

/** One host of the pool; app, group, operation and since are empty for a free host. */
export interface PoolHost {
  readonly host: string;
  /** Empty when the host is no longer in the configuration. */
  readonly address: string;
  readonly room: string;
  readonly state: PoolState;
  readonly app: string;
  readonly group: string;
  readonly operation: string;
  /** The operator who reserved it by hand, and until when (ISO 8601, UTC). */
  readonly byHand?: TakenSpare['byHand'];
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly reason: string;
}

/** All spare hosts, by room and name: the spare hosts of the configuration, with their state in the ledger. */
export function poolOf(hosts: Iterable<Host>, rows: readonly TakenSpare[]): readonly PoolHost[] {
  const known = new Map([...hosts].map((host) => [host.name, host]));
  const taken = rows.map((row) => ({ ...row, address: known.get(row.host)?.ssh.address ?? '' }));
  const names = new Set(rows.map((row) => row.host));
  const free = [...known.values()]
    .filter((host) => host.role === 'spare' && !names.has(host.name))
    .map(freeHost);
  return [...taken, ...free].sort(
    (a, b) => compareNaturally(a.room, b.room) || compareNaturally(a.host, b.host),
  );
}

function freeHost({ name, room, ssh }: Host): PoolHost {
  return {
    host: name,
    address: ssh.address,
    room,
    state: 'free',
    app: '',
    group: '',
    operation: '',
    since: '',
    reason: '',
  };
}
