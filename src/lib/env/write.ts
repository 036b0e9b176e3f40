import { createHash } from 'node:crypto';
import { hostScript } from '../../host-script.js';
import { SPOOLS } from '../copy/place.js';
import { mustRun } from '../run/remote.js';
import type { StepHandler } from '../run/step-handler.js';
import { scriptCommand } from '../shell/quote.js';
import type { EnvAction } from './actions.js';
import { renderEnvFile } from './env-file.js';

const PUT_TIMEOUT_MS = 30_000;

/** Writes the environment file with its secrets put in; they are sent over the connection, never on a command line. */
export const envHandler: StepHandler<EnvAction> = {
  async apply({ path, mode, owner = '', keeps = [], values, keepsPrevious, brings }, context) {
    const session = await context.session();
    const previous = keepsPrevious ? 'keep' : 'drop';
    const words = [path, mode, owner, keeps.join(','), previous, `${SPOOLS}/brought`, brings ? 'brings' : ''];
    const content = renderEnvFile(values, (value) => context.secrets.resolve(value));
    const stdin = `${createHash('sha256').update(content).digest('hex')}\n${content}`;
    const command = scriptCommand(hostScript('env/put'), words, 'write', PUT_TIMEOUT_MS);
    const result = await mustRun(session, command, `writing ${path}`, { stdin, signal: context.signal });
    return { changed: result.stdout.trim() !== 'unchanged', message: '' };
  },
};
