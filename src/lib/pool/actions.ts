import type { ClaimAction } from '../plan/claim.js';
import type { KindsOf } from '../plan/kinds.js';

export type PoolActions = ClaimAction | MemberAction | ReleaseAction | KeepOutAction;

/** Enters a host in the ledger as a member of its group. */
export interface MemberAction {
  readonly kind: 'pool.member';
  readonly app: string;
  readonly group: string;
  readonly room: string;
}

/** Returns a host to the pool. */
export interface ReleaseAction {
  readonly kind: 'pool.release';
  readonly room: string;
}

/** Records that an operator keeps a host out of the traffic of an application, or no longer does. */
export interface KeepOutAction {
  readonly kind: 'pool.keep-out';
  readonly app: string;
  readonly wanted: 'out' | 'in';
}

export const POOL_KINDS: KindsOf<PoolActions> = {
  'pool.claim': { describe: ({ room }) => `reserve it in room ${room}` },
  'pool.member': { describe: ({ app, group, room }) => `record as ${app}/${group} of room ${room}` },
  'pool.release': { describe: ({ room }) => `back into the pool of room ${room}` },
  'pool.keep-out': {
    describe: ({ wanted }) =>
      wanted === 'out' ? 'record that it is kept out until it is made ready' : 'record that it is ready',
  },
};
