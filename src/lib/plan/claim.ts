import { isKind } from './kinds.js';

/**
 * Takes a spare host for the operation. The hosts in `Plan.claims` are taken when the operation opens; a standby host is taken
 * when it is needed. This kind of action belongs to the plan itself: it tells the engine which operation has a host, and the
 * ledger which hosts to keep.
 */
export interface ClaimAction {
  readonly kind: 'pool.claim';
  readonly room: string;
}

export const isClaim = isKind<ClaimAction>('pool.claim');
