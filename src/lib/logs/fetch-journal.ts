import { createHash } from 'node:crypto';
import { chmod, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FailedError } from '../errors.js';
import type { DiskReserve } from '../own-files/disk-reserve.js';
import { makeOwnFolder } from '../own-files/folder.js';
import { LocalFile } from '../own-files/local-file.js';
import { lastLines } from '../ssh/last-lines.js';
import type { ReadSession } from '../ssh/transport.js';
import { unlessSilent } from './silence.js';

const TIMEOUT_MS = 3_600_000;

export interface FetchJournalTools {
  readonly session: ReadSession;
  /** Only what was written since then, in milliseconds since the epoch. */
  readonly sinceMs: number | undefined;
  /** Of the disk that the journal is written to: nobody knows before how large it is. */
  readonly reserve: DiskReserve;
  readonly signal: AbortSignal;
}

/**
 * Writes the journal of a unit as text, from the start each time: it has no byte offsets from which to go on. So nothing is left of one
 * that failed.
 *
 * @param part the local path during the transfer
 * @throws {FailedError} when journalctl fails or is silent, or the disk gets full; errors of the disk and as ReadSession
 */
export async function fetchJournal(
  unit: string,
  target: string,
  part: string,
  tools: FetchJournalTools,
): Promise<{ readonly size: number; readonly sha256: string }> {
  for (const path of [target, part]) makeOwnFolder(dirname(path));
  try {
    const received = await receive(unit, part, tools);
    await chmod(part, 0o600);
    await rename(part, target);
    return received;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function receive(unit: string, part: string, { session, sinceMs, reserve, signal }: FetchJournalTools) {
  const what = `the journal of ${unit}`;
  const file = await LocalFile.create(part, reserve);
  const hash = createHash('sha256');
  let size = 0;
  const take = (chunk: Buffer) => {
    size += chunk.length;
    hash.update(chunk);
    return file.write(chunk);
  };
  const since = sinceMs === undefined ? [] : [`--since=@${Math.floor(sinceMs / 1000)}`];
  const words = ['journalctl', '-q', '-a', '-u', unit, '-o', 'short-iso-precise', '--no-pager', ...since];
  const command = { words, effect: 'read', timeoutMs: TIMEOUT_MS } as const;
  try {
    const result = await unlessSilent(what, signal, take, (io) => session.run(command, io));
    if (result.exitCode !== 0)
      throw new FailedError(`${what}: ${[`status ${result.exitCode}`, ...lastLines(result, 1)].join(': ')}`);
  } finally {
    await file.close();
  }
  return { size, sha256: hash.digest('hex') };
}
