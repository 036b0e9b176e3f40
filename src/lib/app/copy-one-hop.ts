import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { FileTree } from '../plan/plan.js';
import { type ActionOf, type StepContext, StepFailure, type StepOutcome } from '../run/step-handler.js';
import type { Session } from '../ssh/transport.js';
import {
  DIGEST_DIFFERS,
  fingerprintCommand,
  howTarEnded,
  packCommand,
  parseFingerprint,
  receiveCommand,
} from './archive.js';
import { openSpool, spoolFailure } from './archive-spool.js';
import type { CopyMethod } from './copy.js';
import { howItEnded } from './remote.js';

/** A copy has no bound but this: the link is watched by keepalives, and progress is shown. */
const COPY_TIMEOUT_MS = 3_600_000;
const FINGERPRINT_TIMEOUT_MS = 300_000;

/**
 * Template host → this machine → each new host. The archive crosses once from the template, is checked, kept in a
 * private folder, and sent to every host from there.
 */
export class OneHopCopy implements CopyMethod {
  readonly #archives = new Map<string, Promise<string>>();
  #folder: Promise<string> | undefined;

  async deliver({ from, tree }: ActionOf<'copy'>, context: StepContext): Promise<StepOutcome> {
    const session = await context.session();
    if (await hasTree(session, tree, context.signal)) return { changed: false, message: '' };
    const archive = await this.#archive(from, tree, context);
    const { size } = await stat(archive);
    const stdin = Readable.from(
      counted(archive, (sent) => context.progress(sent, size)),
      { objectMode: false },
    );
    const command = receiveCommand(tree, context.operation, COPY_TIMEOUT_MS);
    const result = await session.run(command, { stdin, signal: context.signal });
    if (result.exitCode === DIGEST_DIFFERS)
      throw new StepFailure('failed', 'what arrived is not what was sent (digest)');
    if (result.exitCode !== 0) throw new StepFailure('failed', `unpacking ${howItEnded(result)}`);
    return { changed: true, message: '' };
  }

  async close(): Promise<void> {
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
  }

  /** The packed tree on this machine; fetched by the first host that needs it. A failed fetch is tried anew. */
  #archive(from: string, tree: FileTree, context: StepContext): Promise<string> {
    const known = this.#archives.get(tree.digest);
    if (known) return known;
    const fetching = this.#fetch(from, tree, context).catch((error) => {
      throw spoolFailure(error, tree.bytes);
    });
    this.#archives.set(tree.digest, fetching);
    fetching.catch(() => this.#archives.delete(tree.digest));
    return fetching;
  }

  async #fetch(from: string, tree: FileTree, context: StepContext): Promise<string> {
    this.#folder ??= openSpool();
    const file = join(await this.#folder, tree.digest);
    const template = await context.sessionOf(from);
    const stored = createWriteStream(file, { mode: 0o600 });
    // Errors reach us through write() and finished(); an error event that nobody hears would end the process.
    stored.on('error', () => undefined);
    const result = await template.run(packCommand(tree, COPY_TIMEOUT_MS), {
      signal: context.signal,
      onStdout: (chunk) => write(stored, chunk),
    });
    stored.end();
    await finished(stored);
    if (result.exitCode !== 0)
      throw new StepFailure('failed', `packing on ${from} ${howTarEnded(result)}`, from);
    if ((await unpackedDigest(file)) !== tree.digest)
      throw new StepFailure(
        'failed',
        `the files of template host ${from} changed since the plan was made`,
        from,
      );
    return file;
  }
}

/** The bytes of a file; tells how many have gone out so far. */
async function* counted(file: string, onSent: (bytes: number) => void): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const chunk of createReadStream(file)) {
    sent += chunk.length;
    onSent(sent);
    yield chunk;
  }
}

async function unpackedDigest(file: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), createGunzip(), digest);
  return digest.digest('hex');
}

/** Whether a host holds the very tree already: then nothing is sent. */
export async function hasTree(session: Session, tree: FileTree, signal: AbortSignal): Promise<boolean> {
  const result = await session.run(fingerprintCommand(tree, FINGERPRINT_TIMEOUT_MS), { signal });
  return result.exitCode === 0 && parseFingerprint(result.stdout, result.stderr)?.digest === tree.digest;
}

function write(stream: WriteStream, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) =>
    stream.write(chunk, (error) => (error ? reject(error) : resolve())),
  );
}
