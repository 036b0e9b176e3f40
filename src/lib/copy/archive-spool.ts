import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { makeRandomFolder, sweepFolders } from '../own-files/folder.js';
import { NotOursError } from '../own-files/not-ours.js';
import { processStartOf, scopeOf } from '../process-start.js';
import { StepFailure, THIS_MACHINE } from '../run/step-handler.js';

/** No copy takes that long, so what is older is of a process that cannot be looked at and is gone. */
const ABANDONED_MS = 24 * 3_600_000;

/**
 * A private folder of this process for archives on their way, among those of other processes of this user. What processes
 * that were killed left of theirs is removed first.
 *
 * @param parent made where it is missing
 * @throws {NotOursError} when it is not ours alone; errors of this machine's disk
 */
export async function openSpool(parent: string): Promise<string> {
  await sweepFolders(parent, isLeft);
  return await makeRandomFolder(parent, `copy-${markOf(process.pid)}-`);
}

/** `SCOPE-PID-START`: which process, for ever; the scope is machine, boot and container. */
function markOf(pid: number): string {
  const start = processStartOf(pid) ?? '';
  const scope = createHash('sha256')
    .update(`${hostname()} ${scopeOf(start)}`)
    .digest('hex')
    .slice(0, 12);
  return `${scope}-${pid}-${start.slice(scopeOf(start).length + 1)}`;
}

function isLeft(name: string, mtimeMs: number): boolean {
  const [, scope, pid, start] = /^copy-([0-9a-f]{12})-(\d+)-(\d*)-/.exec(name) ?? [];
  if (scope === undefined) return false;
  const isOfHere = start !== '' && markOf(process.pid).startsWith(scope);
  return isOfHere ? markOf(Number(pid)) !== `${scope}-${pid}-${start}` : Date.now() - mtimeMs > ABANDONED_MS;
}

/** An error of this machine's disk as a sentence that says so; others come back as they are. */
export function spoolFailure(error: unknown, parent: string, bytes: number): unknown {
  if (error instanceof NotOursError) return new StepFailure('failed', error.message, THIS_MACHINE);
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EROFS' && code !== 'EACCES') return error;
  const need = `up to ${(bytes / 1_000_000).toFixed(1)} MB`;
  return new StepFailure(
    'failed',
    `this machine cannot keep the archive in ${parent} (${code}, it needs ${need}): make room, or make ${parent} a link to a folder of yours`,
    THIS_MACHINE,
  );
}
