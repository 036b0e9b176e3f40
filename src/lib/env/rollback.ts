import { hostScript } from '../../host-script.js';
import { SPOOLS } from '../copy/place.js';
import { mustRun } from '../run/remote.js';
import type { StepHandler } from '../run/step-handler.js';
import { scriptCommand } from '../shell/quote.js';
import type { EnvRollbackAction } from './actions.js';

const SWAP_TIMEOUT_MS = 30_000;

/** Restores the previous version of an environment file, and keeps the present one as the previous. */
export const envRollbackHandler: StepHandler<EnvRollbackAction> = {
  async apply({ path, version }, context) {
    const session = await context.session();
    const command = scriptCommand(
      hostScript('env/swap'),
      [path, version, `${SPOOLS}/brought`],
      'write',
      SWAP_TIMEOUT_MS,
    );
    const { stdout } = await mustRun(session, command, `rolling back ${path}`, { signal: context.signal });
    return { changed: stdout.trim() !== 'unchanged', message: '' };
  },
};
