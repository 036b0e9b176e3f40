import { type ActionOf, StepFailure, type StepHandler } from '../run/step-handler.js';

/** Reserves a spare. Those of the plan were reserved when it opened; a standby host is when its turn comes. */
export const claimHandler: StepHandler<ActionOf<'claim'>> = {
  async apply({ room }, context) {
    const ours = await context.ledger.claim(context.host.name, room, context.operation);
    if (!ours) throw new StepFailure('failed', 'somebody else has taken it');
    return { changed: false, message: '' };
  },
};

/** Returns the host to the pool. */
export const releaseHandler: StepHandler<ActionOf<'release'>> = {
  async apply(_action, context) {
    await context.ledger.release(context.operation, context.host.name);
    return { changed: true, message: '' };
  },
};

/** Writes down that a person keeps the host out of the traffic of an application, or no longer does. */
export const keepOutHandler: StepHandler<ActionOf<'keep-out'>> = {
  async apply({ app, wanted }, { ledger, host, operation }) {
    await ledger.setKeptOut(host.name, app, operation, wanted);
    return { changed: true, message: '' };
  },
};

/** Enters the host in the ledger as a member of its group. */
export const memberHandler: StepHandler<ActionOf<'member'>> = {
  async apply({ app, group }, context) {
    await context.ledger.assign(context.host.name, context.operation, app, group);
    return { changed: true, message: '' };
  },
};
