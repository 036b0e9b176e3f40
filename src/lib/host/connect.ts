import { type LookHandler, StepFailure } from '../run/step-handler.js';
import type { ConnectAction } from './actions.js';
import { expectSameClock } from './same-clock.js';
import { lookAtSpare } from './spare-look.js';

/** Opens the connection and checks the host against what the app needs, before anything is put on it. */
export const connectHandler: LookHandler<ConnectAction> = {
  async apply({ need }, context) {
    const session = await context.session();
    const { unmet, clock } = await lookAtSpare(session, need, context.signal);
    if (unmet.length > 0) throw new StepFailure('failed', unmet.join('; '));
    const { loginNoise } = session;
    const message = loginNoise === '' ? '' : `its login shell prints "${loginNoise}" before every command`;
    if (!need.clock || !clock) return { changed: false, message };
    const other = await context.sessionOf(need.clock.of);
    return { changed: false, message, evidence: [await expectSameClock(need.clock, clock, other)] };
  },
};
