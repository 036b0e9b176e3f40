import { mustRun } from '../../run/remote.js';
import type { ActionOf, StepHandler } from '../../run/step-handler.js';
import { scriptCommand } from '../../shell/quote.js';
import { renderEnvFile } from '../env-file.js';

const PUT_TIMEOUT_MS = 30_000;

// Written beside and renamed, so that a reader sees the old file or the new one.
const PUT_FILE = `
set -eu
path=$1 mode=$2
umask 077
(umask 022; mkdir -p -- "$(dirname -- "$path")")
new=$(mktemp -- "$path.kuafu-XXXXXX")
trap 'rm -f -- "$new"' EXIT
cat > "$new"
chmod -- "$mode" "$new"
if cmp -s -- "$new" "$path" && [ "$(stat -c %a -- "$path")" = "$mode" ]; then echo unchanged; exit 0; fi
mv -fT -- "$new" "$path"
echo changed`;

/** Writes the environment file with its secrets put in; they pass through the connection and never through a command line. */
export const envHandler: StepHandler<ActionOf<'env'>> = {
  async apply({ path, mode, values }, context) {
    const session = await context.session();
    const command = scriptCommand(PUT_FILE, [path, mode], 'write', PUT_TIMEOUT_MS);
    const stdin = renderEnvFile(values, (value) => context.secrets.resolve(value));
    const result = await mustRun(session, command, `writing ${path}`, { stdin, signal: context.signal });
    return { changed: result.stdout.trim() !== 'unchanged', message: '' };
  },
};
