import { type ActionOf, StepFailure, type StepHandler } from '../../run/step-handler.js';
import { readUnmetNeeds } from '../host-facts.js';

/** Opens the connection and holds the host against what the app needs, before anything is put on it. */
export const connectHandler: StepHandler<ActionOf<'connect'>> = {
  async apply({ need }, context) {
    const unmet = await readUnmetNeeds(await context.session(), need, context.signal);
    if (unmet.length > 0) throw new StepFailure('failed', unmet.join('; '));
    return { changed: false, message: '' };
  },
};
