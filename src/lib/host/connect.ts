import { StepFailure, type StepHandler } from '../run/step-handler.js';
import type { ConnectAction } from './actions.js';
import { readUnmetNeeds } from './host-facts.js';

/** Opens the connection and holds the host against what the app needs, before anything is put on it. */
export const connectHandler: StepHandler<ConnectAction> = {
  async apply({ need }, context) {
    const session = await context.session();
    const unmet = await readUnmetNeeds(session, need, context.signal);
    if (unmet.length > 0) throw new StepFailure('failed', unmet.join('; '));
    const { loginNoise } = session;
    const message = loginNoise === '' ? '' : `its login shell prints "${loginNoise}" before every command`;
    return { changed: false, message };
  },
};
