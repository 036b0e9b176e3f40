import { dirname } from 'node:path/posix';
import { hostScript } from '../../../host-script.js';
import { mustRun } from '../../run/remote.js';
import type { ActionOf, StepHandler } from '../../run/step-handler.js';
import { scriptCommand } from '../../shell/quote.js';
import { isRemovable } from '../removable-path.js';

const REMOVE_TIMEOUT_MS = 600_000;

// The names beside each path are those under which a copy or a file is put there before it is switched.
const REMOVE = `
set -eu
answer=unchanged
for path in "$@"; do
  case $path in parent:*)
    rmdir --ignore-fail-on-non-empty -- "\${path#parent:}" 2>/dev/null || true
    continue ;;
  esac
  for found in "$path" "$path.kuafu-new" "$path.kuafu-old" "$path.kuafu-prev" "$path.kuafu-swap" \\
    "$path".kuafu-??????; do
    if [ -e "$found" ] || [ -L "$found" ]; then
      rm -rf --one-file-system -- "$found"
      answer=changed
    fi
  done
done
sweep
set_keys "$any_operation" || true
rmdir -- "$spools" 2>/dev/null || true
systemctl daemon-reload
echo "$answer"`;

/**
 * Removes paths that an expansion put on a host, folders around them that are empty then, and all that kuafu keeps there.
 * Other file systems are left alone.
 */
export const removeHandler: StepHandler<ActionOf<'remove'>> = {
  async apply({ paths }, context) {
    const wrong = paths.find((path) => !isRemovable(path));
    if (wrong !== undefined) throw new Error(`the plan would remove ${wrong}, which kuafu never does`);
    const session = await context.session();
    const parents = [...new Set(paths.map((path) => dirname(path)))].filter(isRemovable);
    const words = [...paths, ...parents.map((parent) => `parent:${parent}`)];
    const command = scriptCommand(`${hostScript('copy/sweep')}${REMOVE}`, words, 'write', REMOVE_TIMEOUT_MS);
    const { stdout } = await mustRun(session, command, 'removing', { signal: context.signal });
    return { changed: stdout.trim() !== 'unchanged', message: '' };
  },
};
