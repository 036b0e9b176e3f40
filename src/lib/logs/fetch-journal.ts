import { createHash } from 'node:crypto';
import { chmod, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FailedError } from '../errors.js';
import { makeOwnFolder } from '../own-files/folder.js';
import { LocalFile } from '../own-files/local-file.js';
import { lastLines } from '../ssh/last-lines.js';
import type { ReadSession } from '../ssh/transport.js';

const TIMEOUT_MS = 3_600_000;

/**
 * Writes the journal of a unit as text, from the start each time: it has no byte offsets from which to go on.
 *
 * @throws {FailedError} when journalctl fails; errors of the disk and as ReadSession
 */
export async function fetchJournal(
  session: ReadSession,
  unit: string,
  target: string,
  part: string,
  sinceMs: number | undefined,
  signal: AbortSignal,
): Promise<{ readonly size: number; readonly sha256: string }> {
  for (const path of [target, part]) makeOwnFolder(dirname(path));
  const file = await LocalFile.create(part);
  const hash = createHash('sha256');
  let size = 0;
  const onStdout = (chunk: Buffer) => {
    size += chunk.length;
    hash.update(chunk);
    return file.write(chunk);
  };
  const since = sinceMs === undefined ? [] : [`--since=@${Math.floor(sinceMs / 1000)}`];
  const words = ['journalctl', '-q', '-a', '-u', unit, '-o', 'short-iso-precise', '--no-pager', ...since];
  try {
    const command = { words, effect: 'read', timeoutMs: TIMEOUT_MS } as const;
    const result = await session.run(command, { signal, onStdout });
    if (result.exitCode !== 0)
      throw new FailedError(
        `the journal of ${unit}: ${[`status ${result.exitCode}`, ...lastLines(result, 1)].join(': ')}`,
      );
  } finally {
    await file.close();
  }
  await chmod(part, 0o600);
  await rename(part, target);
  return { size, sha256: hash.digest('hex') };
}
