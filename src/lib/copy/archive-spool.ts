import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { NoRoomError } from '../own-files/disk-reserve.js';
import { makeRandomFolder, sweepFolders } from '../own-files/folder.js';
import { NotOursError } from '../own-files/not-ours.js';
import { processStartOf, scopeOf } from '../process-start.js';
import { StepFailure, THIS_MACHINE } from '../run/step-handler.js';

/** No copy takes this long. An older folder belongs to a process that is gone, even if that process cannot be looked up. */
const ABANDONED_MS = 24 * 3_600_000;

/**
 * A private folder of this process for archives on their way, beside the folders of this user's other processes. Folders that
 * killed processes left are removed first.
 *
 * @param parent created if it is missing
 * @throws {NotOursError} if other users can reach the folder; errors of this machine's disk
 */
export async function openSpool(parent: string): Promise<string> {
  await sweepFolders(parent, isLeft);
  return await makeRandomFolder(parent, `copy-${markOf(process.pid)}-`);
}

/** `SCOPE-PID-START`: names a process uniquely, for all time. The scope is machine, boot and container. */
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

/** Turns an error of this machine's disk into a sentence that says so. Other errors are returned unchanged. */
export function spoolFailure(error: unknown, parent: string, bytes: number): unknown {
  if (error instanceof NotOursError) return new StepFailure('failed', error.message, THIS_MACHINE);
  if (error instanceof NoRoomError) return noRoom(error.message, parent, bytes);
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EROFS' && code !== 'EACCES') return error;
  return noRoom(code, parent, bytes);
}

function noRoom(why: string, parent: string, bytes: number): StepFailure {
  const need = `up to ${(bytes / 1_000_000).toFixed(1)} MB`;
  return new StepFailure(
    'failed',
    `this machine cannot keep the archive in ${parent} (${why}, it needs ${need}): make room, or make ${parent} a link to a folder of yours`,
    THIS_MACHINE,
  );
}
