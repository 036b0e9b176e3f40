import { type LookHandler, StepFailure } from '../run/step-handler.js';
import type { UnmovedAction } from './actions.js';
import { hasTree } from './survey.js';

/** Holds the template's files against the digest of the plan once more: what was copied must still be what is there. */
export const unmovedHandler: LookHandler<UnmovedAction> = {
  async apply({ from, tree }, context) {
    if (await hasTree(await context.session(), tree, context.signal)) return { changed: false, message: '' };
    throw new StepFailure('failed', `the files of template host ${from} changed while they were copied`);
  },
};
