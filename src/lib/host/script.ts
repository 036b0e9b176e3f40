import { HELD_OUTPUT } from '../fanout/outcome.js';
import { mustRun } from '../run/remote.js';
import type { StepHandler } from '../run/step-handler.js';
import type { ScriptAction } from './actions.js';

/**
 * Runs an idempotent script of an init template. Its last line says whether it changed anything: `unchanged` or
 * anything else.
 */
export const scriptHandler: StepHandler<ScriptAction> = {
  async apply({ name, command }, context) {
    const session = await context.session();
    const io = { signal: context.signal };
    const { stdout, isHeld } = await mustRun(session, command, `the script ${name}`, io);
    const changed = stdout.trimEnd().split('\n').at(-1) !== 'unchanged';
    return { changed, message: isHeld ? HELD_OUTPUT.message : '' };
  },
};
