import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes } from '../bytes.js';
import { FailedError, RefusedError, sentenceOf } from '../errors.js';
import type { Host } from '../names/host.js';
import { DiskReserve, freeBytes, RESERVE } from '../own-files/disk-reserve.js';
import { ConnectError, HostError, reasonOf } from '../ssh/connect-error.js';
import type { ReadConnections, ReadSession } from '../ssh/transport.js';
import { fetchFile, sizeOf } from './fetch-file.js';
import { fetchJournal } from './fetch-journal.js';
import { firstOf } from './left-out.js';
import { listLogs } from './list.js';
import type { LogFile } from './listing.js';
import { makeFolder } from './local-folder.js';
import { localName, partFolder, partName } from './local-name.js';
import type { FetchedFile } from './manifest.js';
import { type HostLogs, waitingFor } from './sources.js';

export interface FetchRequest {
  /** The local folder in which HOST/path is written. */
  readonly folder: string;
  /** Only files that were written to since then, in milliseconds since the epoch. */
  readonly sinceMs: number | undefined;
  readonly forks: number;
}

export interface FetchTools {
  readonly connections: ReadConnections;
  readonly notice: (host: string, message: string) => void;
  /** Bytes on this machine so far, and the total. */
  readonly progress: (done: number, total: number) => void;
  /** The fetch of a host has ended, with success or not. */
  readonly ended: (host: string) => void;
  readonly signal: AbortSignal;
}

export interface FetchOutcome {
  readonly files: readonly FetchedFile[];
  readonly failed: readonly { readonly host: string; readonly message: string }[];
  /** True when no host could be reached. */
  readonly isUnreachable: boolean;
}

/** A file as its host lists it; sizes in bytes. */
export type FileToFetch = Pick<FetchedFile, 'host' | 'path' | 'size'>;

interface HostFiles {
  readonly logs: HostLogs;
  readonly session: ReadSession;
  readonly files: readonly LogFile[];
}

/**
 * Brings the logs of all hosts to this machine: rotated files as they are, the journal as text. Everything is listed first, and
 * nothing begins if the total does not fit on the disk. What comes after that keeps the reserve of the disk, too: nobody knows how
 * large a journal is, and others write there.
 *
 * @throws {RefusedError} when the disk is too small
 */
export async function fetchLogs(
  logs: readonly HostLogs[],
  request: FetchRequest,
  tools: FetchTools,
): Promise<FetchOutcome> {
  const fetch = new Fetch(request, tools);
  const found = await fetch.listAll(logs);
  const total = await requireRoom(found, request.folder);
  await eachOf(found, request.forks, (host) => fetch.copy(host, total));
  return { files: fetch.files, failed: fetch.failed, isUnreachable: fetch.unreachable === logs.length };
}

/** What a fetch would bring, without the journal, whose size is not known before. Nothing is written. */
export async function listFetch(
  logs: readonly HostLogs[],
  request: FetchRequest,
  tools: FetchTools,
): Promise<Omit<FetchOutcome, 'files'> & { readonly files: readonly FileToFetch[] }> {
  const fetch = new Fetch(request, tools);
  const found = await fetch.listAll(logs);
  const files = found.flatMap(({ logs: { host }, files: own }) =>
    own.map(({ path, size }) => ({ host: host.name, path, size })),
  );
  return { files, failed: fetch.failed, isUnreachable: fetch.unreachable === logs.length };
}

/** The results and failures of one fetch so far. */
class Fetch {
  readonly files: FetchedFile[] = [];
  readonly failed: { host: string; message: string }[] = [];
  unreachable = 0;
  readonly #request: FetchRequest;
  readonly #tools: FetchTools;
  readonly #reserve: DiskReserve;
  #doneBytes = 0;

  constructor(request: FetchRequest, tools: FetchTools) {
    this.#request = request;
    this.#tools = tools;
    this.#reserve = new DiskReserve(request.folder);
  }

  /** A failure on one host, or with one file, is recorded; the others go on. */
  async attempt(host: Host, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#tools.signal.throwIfAborted();
      if (!(error instanceof HostError || error instanceof FailedError || isSystemError(error))) throw error;
      if (error instanceof ConnectError) this.unreachable++;
      this.#fail(host.name, reasonOf(sentenceOf(error), host));
    }
  }

  async listAll(logs: readonly HostLogs[]): Promise<readonly HostFiles[]> {
    const found: HostFiles[] = [];
    await eachOf(logs, this.#request.forks, async (each) => {
      await this.attempt(each.host, async () => {
        found.push(await this.#list(each));
      });
    });
    return found;
  }

  async #list(logs: HostLogs): Promise<HostFiles> {
    const { connections, signal } = this.#tools;
    const session = await connections.session(logs.host, signal);
    const { files, missing, failures, notices } = await listLogs(session, logs.sources, signal);
    for (const message of firstOf(missing)) {
      const why = await waitingFor(logs, message);
      if (why === undefined) this.#fail(logs.host.name, message);
      else this.#tools.notice(logs.host.name, why);
    }
    for (const message of firstOf(failures)) this.#fail(logs.host.name, message);
    for (const message of firstOf(notices)) this.#tools.notice(logs.host.name, message);
    const { sinceMs = 0 } = this.#request;
    return { logs, session, files: files.filter(({ mtimeMs }) => mtimeMs + 1000 >= sinceMs) };
  }

  async copy({ logs: { host, sources }, session, files }: HostFiles, total: number) {
    const { folder, sinceMs } = this.#request;
    const { signal, progress } = this.#tools;
    const reserve = this.#reserve;
    // A file may have several names, of which some can be opened and some cannot.
    const fetched = new Set<string>();
    for (const file of files)
      await this.attempt(host, async () => {
        if (fetched.has(file.id)) return;
        const { target, part, relative } = localPaths(folder, host.name, file.path);
        const tools = { session, sources, user: host.ssh.user, reserve, signal };
        const sha256 = await fetchFile(file, target, part, tools);
        fetched.add(file.id);
        this.#record(host.name, file.path, relative, file.size, sha256);
        this.#doneBytes += file.size;
        progress(this.#doneBytes, total);
      });
    const { journal } = sources;
    if (journal !== undefined)
      await this.attempt(host, async () => {
        const { target, part, relative } = localPaths(folder, host.name, `/journal/${journal}.log`);
        const { size, sha256 } = await fetchJournal(journal, target, part, {
          session,
          sinceMs,
          reserve,
          signal,
        });
        this.#record(host.name, journal, relative, size, sha256);
      });
    // The folder is empty, unless a partial file is kept for the next fetch.
    await rmdir(join(folder, partFolder(host.name))).catch(() => undefined);
    this.#tools.ended(host.name);
  }

  #record(host: string, path: string, file: string, size: number, sha256: string): void {
    this.files.push({ host, path, file, size, sha256, fetchedAt: new Date().toISOString() });
  }

  #fail(host: string, message: string): void {
    this.failed.push({ host, message });
    this.#tools.notice(host, message);
  }
}

function localPaths(folder: string, host: string, path: string) {
  const relative = localName(host, path);
  return { relative, target: join(folder, relative), part: join(folder, partName(host, path)) };
}

/** How many bytes the fetch needs; refuses when they do not fit. */
async function requireRoom(found: readonly HostFiles[], folder: string): Promise<number> {
  makeFolder(folder);
  let total = 0;
  let present = 0;
  for (const { logs, files } of found)
    for (const { path, size } of files) {
      total += size;
      const { target, part } = localPaths(folder, logs.host.name, path);
      present += Math.min(size, Math.max(await sizeOf(target), await sizeOf(part)));
    }
  const needed = total - present + RESERVE;
  const free = await freeBytes(folder);
  if (free >= needed) return total;
  throw new RefusedError(
    `${formatBytes(needed)} are needed in ${folder}, ${formatBytes(free)} are free; nothing was fetched`,
    'fetch less with --since, --file or fewer hosts, or into another folder with --to',
  );
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

async function eachOf<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
