import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StepFailure, THIS_MACHINE } from '../run/step-handler.js';

const PREFIX = 'kuafu-copy-';

/**
 * A private folder of this process for archives on their way, in the folder for temporary files (TMPDIR). What processes
 * that were killed left of theirs is removed first.
 */
export async function openSpool(): Promise<string> {
  const parent = tmpdir();
  const left = (await readdir(parent)).filter((name) => isOfTheDead(name));
  await Promise.all(left.map((name) => rm(join(parent, name), { recursive: true, force: true })));
  return await mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
}

function isOfTheDead(name: string): boolean {
  const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it lives and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** An error of this machine's disk as a sentence that says so; others come back as they are. */
export function spoolFailure(error: unknown, bytes: number): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EROFS' && code !== 'EACCES') return error;
  const need = `up to ${(bytes / 1_000_000).toFixed(1)} MB`;
  return new StepFailure(
    'failed',
    `this machine cannot keep the archive in ${tmpdir()} (${code}, it needs ${need}): make room, or set TMPDIR`,
    THIS_MACHINE,
  );
}
