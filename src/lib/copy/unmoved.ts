import { type LookHandler, StepFailure } from '../run/step-handler.js';
import type { UnmovedAction } from './actions.js';
import { readDigest } from './survey.js';

/** The digits of a digest that are shown, for comparing two by eye. */
const SHOWN_DIGITS = 16;

/** Compares the template's files with the digest in the plan once more: they must still be what was copied. */
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
