import { dirname } from 'node:path/posix';
import { hostScript } from '../../host-script.js';
import { systemPathProblem } from '../config/system-paths.js';
import { adopt } from '../copy/adopt.js';
import { placeWords, SPOOLS } from '../copy/place.js';
import { renderEnvFile } from '../env/env-file.js';
import type { Secrets } from '../masking/secret.js';
import { mustRun } from '../run/remote.js';
import type { StepHandler } from '../run/step-handler.js';
import { scriptCommand } from '../shell/quote.js';
import type { RemoveAction, Unrecorded } from './actions.js';

const REMOVE_TIMEOUT_MS = 600_000;

/**
 * Removes what an expansion brought to these paths, the folders above them that it made and that are then empty, and all that
 * kuafu keeps on the host. What the expansion did not bring stays and is reported. Nothing is removed across a mount
 * (templates/copy/rules.sh).
 */
export const removeHandler: StepHandler<RemoveAction> = {
  async apply({ paths, exclude = [], files = [], unrecorded, tells = false }, context) {
    const wrong = paths.find((path) => systemPathProblem(path) !== undefined);
    if (wrong !== undefined) throw new Error(`the plan would remove ${wrong}, which kuafu never does`);
    const session = await context.session();
    const parents = [...new Set(paths.map((path) => dirname(path)))].filter(
      (path) => systemPathProblem(path) === undefined,
    );
    const words = [
      SPOOLS,
      ...placeWords({ paths: paths.filter((path) => !files.includes(path)), exclude }),
      ...files.map((path) => `file:${path}`),
      ...parents.map((parent) => `parent:${parent}`),
    ];
    if (unrecorded) await adopt(session, unrecorded, contentOf(unrecorded, context.secrets), context.signal);
    const command = scriptCommand(hostScript('copy/remove'), words, 'write', REMOVE_TIMEOUT_MS);
    const { stdout } = await mustRun(session, command, 'removing', { signal: context.signal });
    const lines = stdout.trim().split('\n');
    const said = lines.filter((line) => line.startsWith('left ') || (tells && line.startsWith('removed ')));
    return { changed: lines.at(-1) !== 'unchanged', message: said.join('; ') };
  },
};

/** Undefined if there is no environment file, or one of its secrets is not known here. */
function contentOf({ env }: Unrecorded, secrets: Secrets): string | undefined {
  if (env === undefined || !env.values.every(({ value }) => secrets.knows(value))) return undefined;
  return renderEnvFile(env.values, (value) => secrets.resolve(value));
}
