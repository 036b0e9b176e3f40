import { isKind } from './kinds.js';

/**
 * Takes a spare for the operation. Those of `Plan.claims` are taken when the plan opens; one on standby is when its turn
 * comes. Of all kinds this one is part of a plan: by it the engine knows whose a host is, and the ledger what it keeps.
 */
export interface ClaimAction {
  readonly kind: 'claim';
  readonly room: string;
}

export const isClaim = isKind<ClaimAction>('claim');
