import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FailedError } from '../errors.js';
import { makeOwnFolder } from '../own-files/folder.js';
import { LocalFile } from '../own-files/local-file.js';
import { scriptCommand } from '../shell/quote.js';
import type { CommandResult, Session } from '../ssh/transport.js';
import type { LogFile } from './list.js';

const TIMEOUT_MS = 3_600_000;
const GONE = 65;

export interface FetchFileTools {
  readonly session: Session;
  readonly script: string;
  readonly signal: AbortSignal;
}

/**
 * Brings a local file to what the remote file was when it was listed, and gives its SHA-256. What is there already and is
 * its beginning, by digest, is kept: a fetch that was cut off goes on, and a log that grew costs only what is new.
 *
 * @throws {FailedError} when it was rotated out of reach, or what came is not what is there; HostError as Session
 */
export async function fetchFile(file: LogFile, target: string, tools: FetchFileTools): Promise<string> {
  const part = `${target}.part`;
  makeOwnFolder(dirname(target));
  const have = await usablePrefix(file, [target, part], tools);
  if (have === undefined) await rm(part, { force: true });
  else if (have.path !== part) await rename(have.path, part);
  await receive(file, part, have?.size ?? 0, tools);
  const [local, remote] = await Promise.all([digestOf(part), remoteDigest(file, file.size, tools)]);
  if (local !== remote)
    throw new FailedError(
      `${file.path}: what came is not what is there (digest); it may have been rewritten`,
    );
  await rename(part, target);
  return local;
}

/** The larger of the local files that is the beginning of the remote one. */
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
  const output = await (from === 0 ? LocalFile.create(part) : LocalFile.resume(part));
  try {
    mustEnd(await run('send', file, from, file.size, tools, (chunk) => output.write(chunk)), file);
  } finally {
    await output.close();
  }
}

async function remoteDigest(file: LogFile, size: number, tools: FetchFileTools): Promise<string> {
  const result = mustEnd(await run('digest', file, 0, size, tools), file);
  return result.stdout.slice(0, 64);
}

function run(
  verb: 'send' | 'digest',
  { path, id, log }: LogFile,
  from: number,
  size: number,
  { session, script, signal }: FetchFileTools,
  onStdout?: (chunk: Buffer) => void | Promise<void>,
): Promise<CommandResult> {
  const words = [verb, path, id, log, String(from), String(size)];
  return session.run(scriptCommand(script, words, 'read', TIMEOUT_MS), {
    signal,
    ...(onStdout && { onStdout }),
  });
}

function mustEnd(result: CommandResult, { path }: LogFile): CommandResult {
  if (result.exitCode === 0) return result;
  if (result.exitCode === GONE)
    throw new FailedError(`${path} was rotated out of reach while it was fetched; fetch again`);
  const said = result.stderr.trim().split('\n').at(-1);
  throw new FailedError(`${path}: ${said === '' ? `status ${result.exitCode}` : said}`);
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
