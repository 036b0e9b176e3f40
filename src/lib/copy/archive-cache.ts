import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DiskReserve } from '../own-files/disk-reserve.js';
import { LocalFile } from '../own-files/local-file.js';
import { StepFailure } from '../run/step-handler.js';
import type { ReadSession } from '../ssh/transport.js';
import { howTarEnded, packCommand } from './archive.js';
import { openSpool, spoolFailure } from './archive-spool.js';
import { movedTemplate } from './faults.js';
import type { FileTree, PackedArchive } from './file-tree.js';

/** The only limit on the time of a copy: keepalives watch the link, and progress is shown. */
export const COPY_TIMEOUT_MS = 12 * 3_600_000;

export interface Archived {
  readonly tree: FileTree;
  readonly packed: PackedArchive;
}

/** Archives that pass through this machine. Each crosses from the template once, is checked, and is kept in a private folder. */
export class ArchiveCache {
  readonly #archives = new Map<string, Promise<string>>();
  readonly #spools: string;
  readonly #reserve: DiskReserve;
  #folder: Promise<string> | undefined;

  /** @param spools the folder that holds the private folders of all processes of this user */
  constructor(spools: string) {
    this.#spools = spools;
    this.#reserve = new DiskReserve(spools);
  }

  /**
   * The packed tree on this machine. The first host that needs it starts the fetch, within the template's rate limit. A
   * failed fetch is tried again.
   * @throws {StepFailure} when the template moved or cannot be read, or this machine cannot keep the archive
   */
  file(
    template: () => Promise<ReadSession>,
    { tree, packed }: Archived,
    bytesPerSecond: number | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const known = this.#archives.get(packed.digest);
    if (known) return known;
    const fetching = this.#fetch(template, { tree, packed }, bytesPerSecond, signal).catch(async (error) => {
      // It would take the room of the next try, and of other archives.
      await this.#remove(packed.digest);
      throw spoolFailure(error, this.#spools, packed.bytes);
    });
    this.#archives.set(packed.digest, fetching);
    fetching.catch(() => this.#archives.delete(packed.digest));
    return fetching;
  }

  async close(): Promise<void> {
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  async #remove(digest: string): Promise<void> {
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await rm(join(folder, digest), { force: true });
  }

  async #fetch(
    template: () => Promise<ReadSession>,
    { tree, packed }: Archived,
    bytesPerSecond: number | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    this.#folder ??= openSpool(this.#spools);
    this.#folder.catch(() => {
      this.#folder = undefined;
    });
    const file = join(await this.#folder, packed.digest);
    const limit = bytesPerSecond === undefined ? undefined : { bytes: packed.bytes, bytesPerSecond };
    const session = await template();
    const stored = await LocalFile.create(file, this.#reserve);
    const result = await session
      .run(packCommand(tree, packed.codec, COPY_TIMEOUT_MS, limit), {
        signal,
        onStdout: (chunk) => stored.write(chunk),
      })
      .finally(() => stored.close());
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
