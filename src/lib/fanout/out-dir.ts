import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError, RefusedError, sentenceOf } from '../errors.js';
import type { Secrets } from '../masking/secret.js';
import type { StreamMask } from '../masking/stream-mask.js';
import { DiskReserve, NoRoomError } from '../own-files/disk-reserve.js';
import { makeOwnFolder } from '../own-files/folder.js';
import { InOrder } from '../own-files/in-order.js';
import { NotOursError } from '../own-files/not-ours.js';
import { append } from '../own-files/write.js';
import { hasResult } from './group.js';
import { type HostOutcome, withoutResult } from './outcome.js';

/**
 * The output of hosts, byte for byte except for secrets, readable only by our user: HOST.out, and HOST.err if there is standard
 * error.
 */
export class OutDir {
  readonly folder: string;

  readonly #secrets: Secrets;
  readonly #reserve: DiskReserve;
  readonly #masks = new Map<string, StreamMask>();
  readonly #writes = new Map<string, InOrder>();
  /** Hosts of which a part could not be written; nothing is written behind the gap. */
  readonly #cut = new Set<string>();

  private constructor(folder: string, secrets: Secrets) {
    this.folder = folder;
    this.#secrets = secrets;
    this.#reserve = new DiskReserve(folder);
  }

  /** @throws RefusedError when the folder is not empty, or other users can change it; FailedError when it cannot be made */
  static async open(folder: string, secrets: Secrets): Promise<OutDir> {
    let path: string;
    let present: string[];
    try {
      path = makeOwnFolder(folder);
      present = await readdir(path);
    } catch (error) {
      if (error instanceof NotOursError)
        throw new RefusedError(`--out-dir ${error.message}`, 'name a new folder');
      throw new FailedError(
        `--out-dir ${folder} cannot be used: ${sentenceOf(error)}`,
        'name another folder',
      );
    }
    if (present.length === 0) return new OutDir(path, secrets);
    throw new RefusedError(
      `--out-dir ${folder} is not empty, and nothing is overwritten`,
      'name a new folder, or empty this one',
    );
  }

  /** Appends to a host's standard output. @throws {FailedError} when it cannot be written: the host has failed then */
  async append(host: string, chunk: Buffer): Promise<void> {
    const mask = this.#masks.get(host) ?? this.#secrets.stream();
    this.#masks.set(host, mask);
    const text = mask.add(chunk);
    const writes = this.#writes.get(host) ?? new InOrder();
    this.#writes.set(host, writes);
    await writes.run(() => this.#write(host, 'out', text));
  }

  /**
   * Call it after the last append: each host that ran the command has a file, even if it is empty. Returns the outcomes; a host whose
   * output cannot be written has failed.
   */
  async finish(outcomes: readonly HostOutcome[]): Promise<HostOutcome[]> {
    const ends: HostOutcome[] = [];
    for (const outcome of outcomes) ends.push(await this.#finishHost(outcome));
    return ends;
  }

  async #finishHost(outcome: HostOutcome): Promise<HostOutcome> {
    const { host, status, stdout, stderr, truncated, elapsedMs } = outcome;
    if (this.#cut.has(host)) return outcome;
    try {
      const rest = this.#masks.get(host)?.end();
      if (rest !== undefined || hasResult(status)) await this.#write(host, 'out', rest ?? '');
      if (stderr !== '') await this.#write(host, 'err', stderr);
      return outcome;
    } catch (error) {
      if (!(error instanceof FailedError)) throw error;
      const message = this.#secrets.mask(error.message);
      return { ...withoutResult(host, 'failed', message, elapsedMs), stdout, stderr, truncated };
    }
  }

  /** The configuration checks the names of hosts. This check keeps files inside the folder even if that ever changes. */
  #file(host: string, end: 'out' | 'err'): string {
    return join(this.folder, `${host.replace(/[^A-Za-z0-9._:-]/g, '_').replace(/^\./, '_')}.${end}`);
  }

  async #write(host: string, end: 'out' | 'err', content: string | Uint8Array): Promise<void> {
    try {
      await this.#reserve.take(Buffer.byteLength(content));
      await append(this.#file(host, end), content);
    } catch (error) {
      this.#cut.add(host);
      if (error instanceof NoRoomError) throw error;
      throw new FailedError(`its output cannot be written to ${this.folder}: ${sentenceOf(error)}`);
    }
  }
}
