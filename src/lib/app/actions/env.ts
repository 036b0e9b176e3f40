import { createHash } from 'node:crypto';
import { mustRun } from '../../run/remote.js';
import type { ActionOf, StepHandler } from '../../run/step-handler.js';
import { scriptCommand } from '../../shell/quote.js';
import { PREVIOUS_SUFFIX } from '../env-facts.js';
import { renderEnvFile } from '../env-file.js';

const PUT_TIMEOUT_MS = 30_000;

// Written beside and renamed, so that a reader sees the old file or the new one. The digest comes first on stdin: it tells
// a file that was cut off with the link from a whole one, and there nobody sees it, as they would among the arguments.
// What stands there already is not written again, so a push that is repeated keeps the version of before the first one.
// The lock is for the script of an earlier attempt that lost its link and still runs.
const PUT_FILE = `
set -eu
path=$1 mode=$2 keep=$3
umask 077
folder=$(dirname -- "$path")
(umask 022; mkdir -p -- "$folder")
exec 9< "$folder"
flock -w 20 9 || { echo "another write there takes too long" >&2; exit 1; }
old=
new=$(mktemp -- "$path.kuafu-XXXXXX")
trap 'rm -f -- "$new" "$old"' EXIT
read -r digest
cat > "$new"
is_whole() { [ "$(sha256sum < "$1")" = "$digest  -" ] || { echo "$1 is not what was sent" >&2; exit 1; }; }
is_whole "$new"
chmod -- "$mode" "$new"
chown -- "$(id -u):$(id -g)" "$new"
if [ -f "$path" ] && cmp -s -- "$new" "$path"; then
  [ -L "$path" ] || [ "$(stat -c %a:%u:%g -- "$path")" != "$(stat -c %a:%u:%g -- "$new")" ] || { echo unchanged; exit 0; }
elif [ -f "$path" ] && [ "$keep" = keep ]; then
  old=$(mktemp -- "$path.kuafu-XXXXXX")
  cp -pL -- "$path" "$old"
  chmod o= -- "$old"
  sync -- "$old"
  mv -fT -- "$old" "$path${PREVIOUS_SUFFIX}"
  rm -f -- "$path.kuafu-swap"
fi
sync -- "$new"
mv -fT -- "$new" "$path"
is_whole "$path"
echo changed`;

/** Writes the environment file with its secrets put in; they pass through the connection and never through a command line. */
export const envHandler: StepHandler<ActionOf<'env'>> = {
  async apply({ path, mode, values, keepsPrevious }, context) {
    const session = await context.session();
    const words = [path, mode, keepsPrevious ? 'keep' : 'drop'];
    const content = renderEnvFile(values, (value) => context.secrets.resolve(value));
    const stdin = `${createHash('sha256').update(content).digest('hex')}\n${content}`;
    const command = scriptCommand(PUT_FILE, words, 'write', PUT_TIMEOUT_MS);
    const result = await mustRun(session, command, `writing ${path}`, { stdin, signal: context.signal });
    return { changed: result.stdout.trim() !== 'unchanged', message: '' };
  },
};
