import { type ActionOf, StepFailure, type StepHandler } from '../../run/step-handler.js';
import { hostFactsCommand, parseHostFacts, unmetNeeds } from '../host-facts.js';
import { mustRun } from '../remote.js';

const FACTS_TIMEOUT_MS = 20_000;

/** Opens the connection and holds the host against what the app needs, before anything is put on it. */
export const connectHandler: StepHandler<ActionOf<'connect'>> = {
  async apply({ need }, context) {
    const session = await context.session();
    const paths = need.diskFree.map(({ path }) => path);
    const command = hostFactsCommand(paths, need.tools, FACTS_TIMEOUT_MS);
    const { stdout } = await mustRun(session, command, 'reading its facts', { signal: context.signal });
    const unmet = unmetNeeds(need, parseHostFacts(stdout));
    if (unmet.length > 0) throw new StepFailure('failed', unmet.join('; '));
    return { changed: false, message: '' };
  },
};
