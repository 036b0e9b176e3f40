import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hostScript } from '../../host-script.js';
import { FailedError } from '../errors.js';
import type { DiskReserve } from '../own-files/disk-reserve.js';
import { makeOwnFolder } from '../own-files/folder.js';
import { LocalFile } from '../own-files/local-file.js';
import { scriptCommand } from '../shell/quote.js';
import type { CommandResult, ReadSession } from '../ssh/transport.js';
import { Why, whyNot } from './left-out.js';
import { findAgain } from './list.js';
import type { LogFile } from './listing.js';
import { pathWord, shownPath } from './remote-path.js';
import { unlessSilent } from './silence.js';
import type { LogSources } from './sources.js';

/** A transfer is limited by the time without data; this limit is only for unexpected cases. */
const SEND_MS = 24 * 3_600_000;
/** The limit for a digest also depends on the size of the file. */
const DIGEST_MS = 60_000;
const BYTES_PER_MS = 5000;
/** A file may be rotated between the list and the fetch, and again after that. */
const TRIES = 3;

export interface FetchFileTools {
  readonly session: ReadSession;
  readonly sources: LogSources;
  readonly user: string;
  /** Of the disk that the file is written to. */
  readonly reserve: DiskReserve;
  readonly signal: AbortSignal;
}

/**
 * Brings a local file to the content that the remote file had when it was listed, and returns its SHA-256. Local content that is
 * the beginning of the remote file, by digest, is kept: so an interrupted fetch goes on, and a log that grew costs only its new
 * part. The file has the permissions of the remote one, but others cannot write it and no user can execute it.
 *
 * @param part the local path during the transfer
 * @throws {FailedError} when it may not be read, was rotated away, or what came is not what was listed, or the disk gets full;
 * HostError as ReadSession
 */
export async function fetchFile(
  file: LogFile,
  target: string,
  part: string,
  tools: FetchFileTools,
): Promise<string> {
  for (const path of [target, part]) makeOwnFolder(dirname(path));
  const have = await usablePrefix(file, [target, part], tools);
  if (have === undefined) await rm(part, { force: true });
  else if (have.path !== part) await rename(have.path, part);
  await receive(file, part, have?.size ?? 0, tools);
  const [local, remote] = await Promise.all([digestOf(part), remoteDigest(file, file.size, tools)]);
  if (local !== remote)
    throw new FailedError(
      `${shownPath(file.path)}: what came is not what is there (digest); it may have been rewritten`,
    );
  await chmod(part, (file.mode & 0o644) | 0o600);
  await rename(part, target);
  return local;
}

/** The larger of the local files that is the beginning of the remote file. */
async function usablePrefix(file: LogFile, paths: readonly string[], tools: FetchFileTools) {
  for (const path of paths) {
    const size = await sizeOf(path);
    if (size === 0 || size > file.size) continue;
    if ((await digestOf(path)) === (await remoteDigest(file, size, tools))) return { path, size };
  }
  return undefined;
}

async function receive(file: LogFile, part: string, from: number, tools: FetchFileTools): Promise<void> {
  if (from === file.size && from > 0) return;
  const output = await (from === 0
    ? LocalFile.create(part, tools.reserve)
    : LocalFile.resume(part, tools.reserve));
  let left = file.size - from;
  try {
    await run('send', file, [from, left], SEND_MS, tools, (chunk) => {
      left -= chunk.length;
      if (left < 0) throw new FailedError(`${shownPath(file.path)}: more came than there is`);
      return output.write(chunk);
    });
  } finally {
    await output.close();
    // Nothing came of a file that could not be opened.
    if (left === file.size && left > 0) await rm(part, { force: true });
  }
}

async function remoteDigest(file: LogFile, size: number, tools: FetchFileTools): Promise<string> {
  const result = await run('digest', file, [0, size], DIGEST_MS + size / BYTES_PER_MS, tools);
  return result.stdout.slice(0, 64);
}

async function run(
  verb: 'send' | 'digest',
  file: LogFile,
  [from, size]: readonly [number, number],
  timeoutMs: number,
  tools: FetchFileTools,
  take?: (chunk: Buffer) => void | Promise<void>,
): Promise<CommandResult> {
  const { session, sources, signal, user } = tools;
  for (let where = file, tries = 1; ; tries++) {
    const words = [verb, pathWord(where.path), file.id, String(from), String(size)];
    const command = scriptCommand(hostScript('logs/fetch'), words, 'read', timeoutMs);
    const result = take
      ? await unlessSilent(shownPath(file.path), signal, take, (io) => session.run(command, io))
      : await session.run(command, { signal });
    if (result.exitCode === 0) return result;
    if (result.exitCode !== Why.gone || tries === TRIES) {
      const status = `${shownPath(file.path)}: its transfer ended with status ${result.exitCode}`;
      throw new FailedError(whyNot(result.exitCode ?? 0, file.path, user) ?? status);
    }
    where = await findAgain(session, sources, where, signal);
  }
}

export async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
