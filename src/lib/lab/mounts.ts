import { readFile } from 'node:fs/promises';
import { FailedError } from '../errors.js';
import { runTool, type ToolOptions, tryTool } from './tool.js';

export interface Mount {
  readonly target: string;
  readonly type: string;
}

/** The mounts in this process's mount namespace, oldest first (proc(5), mountinfo). */
export async function readMounts(): Promise<readonly Mount[]> {
  return parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** Fields are separated by blanks, so blanks, tabs, line ends and backslashes in them are written as \040 and so on. */
export function parseMountInfo(text: string): readonly Mount[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const target = before.split(' ')[4] ?? '';
      const unescaped = target.replace(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      );
      return { target: unescaped, type: after.split(' ')[0] ?? '' };
    });
}

/** Mounts at or below a folder, innermost and newest first: the order for unmounting them. */
export async function mountsBelow(folder: string): Promise<readonly string[]> {
  const mounts = await readMounts();
  return mounts
    .map(({ target }) => target)
    .filter((target) => target === folder || target.startsWith(`${folder}/`))
    .reverse();
}

/** Stacks folders, the top one first, below a writable one. */
export async function mountOverlay(
  overlay: { layers: readonly string[]; upper: string; work: string; root: string },
  options: ToolOptions,
): Promise<void> {
  const data = `lowerdir=${overlay.layers.join(':')},upperdir=${overlay.upper},workdir=${overlay.work}`;
  await runTool('mount', ['-t', 'overlay', 'overlay', '-o', data, overlay.root], options);
}

/**
 * @throws FailedError if something is still mounted afterwards
 */
export async function unmountBelow(folder: string, options: ToolOptions): Promise<void> {
  for (const target of await mountsBelow(folder)) {
    const { exitCode } = await tryTool('umount', [target], options);
    // Still used by a mount namespace or a process that is ending: it leaves the tree now, and is gone when that ends.
    if (exitCode !== 0) await tryTool('umount', ['--lazy', target], options);
  }
  const [left] = await mountsBelow(folder);
  if (left !== undefined) {
    throw new FailedError(`${left} cannot be unmounted`, `See who uses it: fuser -vm ${left}`);
  }
}
