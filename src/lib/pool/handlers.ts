import type { ClaimAction } from '../plan/claim.js';
import { type HandlersOf, StepFailure, type StepHandler } from '../run/step-handler.js';
import type { KeepOutAction, MemberAction, PoolActions, ReleaseAction } from './actions.js';

/**
 * Reserves a spare host. The hosts in the plan's claims were reserved when the operation opened; a standby host is reserved here.
 */
const claimHandler: StepHandler<ClaimAction> = {
  async apply({ room }, context) {
    const ours = await context.ledger.claim(context.host.name, room, context.operation);
    if (!ours) throw new StepFailure('failed', 'somebody else has taken it');
    return { changed: false, message: '' };
  },
};

/** Returns the host to the pool. */
const releaseHandler: StepHandler<ReleaseAction> = {
  async apply(_action, context) {
    await context.ledger.release(context.operation, context.host.name);
    return { changed: true, message: '' };
  },
};

/** Records that an operator keeps the host out of the traffic of an application, or no longer does. */
const keepOutHandler: StepHandler<KeepOutAction> = {
  async apply({ app, wanted }, { ledger, host, operation }) {
    await ledger.setKeptOut(host.name, app, operation, wanted);
    return { changed: true, message: '' };
  },
};

/** Enters the host in the ledger as a member of its group. */
const memberHandler: StepHandler<MemberAction> = {
  async apply({ app, group }, context) {
    await context.ledger.assign(context.host.name, context.operation, app, group);
    return { changed: true, message: '' };
  },
};

export const poolHandlers: HandlersOf<PoolActions> = {
  'pool.claim': claimHandler,
  'pool.member': memberHandler,
  'pool.release': releaseHandler,
  'pool.keep-out': keepOutHandler,
};
