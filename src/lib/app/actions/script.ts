import { mustRun } from '../../run/remote.js';
import type { ActionOf, StepHandler } from '../../run/step-handler.js';

/**
 * Runs an idempotent script of an init template. Its last line says whether it changed anything: `unchanged` or
 * anything else.
 */
export const scriptHandler: StepHandler<ActionOf<'script'>> = {
  async apply({ name, command }, context) {
    const session = await context.session();
    const { stdout } = await mustRun(session, command, `the script ${name}`, { signal: context.signal });
    const changed = stdout.trimEnd().split('\n').at(-1) !== 'unchanged';
    return { changed, message: '' };
  },
};
