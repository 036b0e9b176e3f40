import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import type { FileTree, PackedArchive } from '../plan/plan.js';
import { StepFailure } from '../run/step-handler.js';
import type { Session } from '../ssh/transport.js';
import { howTarEnded, packCommand } from './archive.js';
import { openSpool, spoolFailure } from './archive-spool.js';
import { movedTemplate } from './faults.js';

/** A copy has no bound but this: the link is watched by keepalives, and progress is shown. */
export const COPY_TIMEOUT_MS = 12 * 3_600_000;

/** Archives that pass through this machine: each crosses once from the template, is checked, and kept in a private folder. */
export class ArchiveCache {
  readonly #archives = new Map<string, Promise<string>>();
  #folder: Promise<string> | undefined;

  /**
   * The packed tree on this machine; fetched for the first that needs it. A failed fetch is tried anew.
   * @throws {StepFailure} when the template moved or cannot be read, or this machine cannot keep the archive
   */
  file(
    template: () => Promise<Session>,
    tree: FileTree,
    packed: PackedArchive,
    signal: AbortSignal,
  ): Promise<string> {
    const known = this.#archives.get(packed.digest);
    if (known) return known;
    const fetching = this.#fetch(template, tree, packed, signal).catch((error) => {
      throw spoolFailure(error, packed.bytes);
    });
    this.#archives.set(packed.digest, fetching);
    fetching.catch(() => this.#archives.delete(packed.digest));
    return fetching;
  }

  async close(): Promise<void> {
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
  }

  async #fetch(
    template: () => Promise<Session>,
    tree: FileTree,
    packed: PackedArchive,
    signal: AbortSignal,
  ): Promise<string> {
    this.#folder ??= openSpool();
    const file = join(await this.#folder, packed.digest);
    const session = await template();
    const stored = createWriteStream(file, { mode: 0o600 });
    // Errors reach us through write() and finished(); an error event that nobody hears would end the process.
    stored.on('error', () => undefined);
    const result = await session.run(packCommand(tree, packed.codec, COPY_TIMEOUT_MS), {
      signal,
      onStdout: (chunk) => write(stored, chunk),
    });
    stored.end();
    await finished(stored);
    const { host } = session;
    if (result.exitCode !== 0)
      throw new StepFailure('failed', `packing on ${host} ${howTarEnded(result)}`, host);
    if ((await digestOf(file)) !== packed.digest) throw movedTemplate(host);
    return file;
  }
}

async function digestOf(file: string): Promise<string> {
  const digest = createHash('blake2b512');
  await pipeline(createReadStream(file), digest);
  return digest.digest('hex');
}

function write(stream: WriteStream, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) =>
    stream.write(chunk, (error) => (error ? reject(error) : resolve())),
  );
}
