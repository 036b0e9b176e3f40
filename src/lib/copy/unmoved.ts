import { type LookHandler, StepFailure } from '../run/step-handler.js';
import type { UnmovedAction } from './actions.js';
import { readDigest } from './survey.js';

/** Of a sum, for who compares two by eye. */
const SHOWN_DIGITS = 16;

/** Holds the template's files against the digest of the plan once more: what was copied must still be what is there. */
export const unmovedHandler: LookHandler<UnmovedAction> = {
  async apply({ from, tree }, context) {
    const digest = await readDigest(await context.session(), tree, context.signal);
    const ok = digest === tree.digest;
    const short = (sum: string) => sum.slice(0, SHOWN_DIGITS);
    const seen = digest === undefined ? 'not to be read' : short(digest);
    const evidence = [{ what: `sum of the files on ${from}`, seen, wanted: short(tree.digest), ok }];
    if (ok) return { changed: false, message: '', evidence };
    const message = `the files of template host ${from} changed while they were copied`;
    throw new StepFailure('failed', message, undefined, undefined, evidence);
  },
};
