import { type StepContext, StepFailure } from '../run/step-handler.js';
import type { ReadSession } from '../ssh/transport.js';
import type { CopyAction } from './actions.js';
import { howTarEnded, parseWeighed, readLimitMs, weighCommand } from './archive.js';
import { filesInCommon, manifestCommand, parseManifest } from './delta.js';
import { movedTemplate } from './faults.js';
import type { FileTree, PackedArchive } from './file-tree.js';
import type { Survey } from './survey.js';

/** An archive of a tree, or of the files of it that a host lacks, in a codec that the host has. */
export interface Edition {
  readonly tree: FileTree;
  readonly packed: PackedArchive;
  /** Files that are not in the archive, because the host has them. */
  readonly common: readonly string[];
}

/** Decides which archive a host gets. Hosts in the same situation get the same archive, and so are in the same chain. */
export class Editions {
  readonly #made = new Map<string, Promise<Edition>>();
  #manifest: Promise<ReturnType<typeof parseManifest>> | undefined;

  /** @throws {StepFailure} if the template's files changed or cannot be read */
  async editionFor(
    session: ReadSession,
    { hasZstd, occupied }: Survey,
    { from, tree }: CopyAction,
    context: StepContext,
  ): Promise<Edition> {
    const codec = hasZstd ? tree.packed.codec : 'gzip';
    const common = occupied ? await this.#common(session, from, tree, context) : [];
    if (common.length === 0 && codec === tree.packed.codec) return { tree, packed: tree.packed, common };
    const key = JSON.stringify([codec, common]);
    let edition = this.#made.get(key);
    if (edition === undefined) {
      edition = weigh(from, tree, codec, common, context);
      this.#made.set(key, edition);
      edition.catch(() => this.#made.delete(key));
    }
    return await edition;
  }

  async #common(
    session: ReadSession,
    from: string,
    tree: FileTree,
    context: StepContext,
  ): Promise<readonly string[]> {
    this.#manifest ??= readManifest(context.sessionOf(from), tree, context);
    const [template, host] = await Promise.all([
      this.#manifest,
      readManifest(Promise.resolve(session), tree, context),
    ]);
    return filesInCommon(template, host, tree);
  }
}

async function readManifest(session: Promise<ReadSession>, tree: FileTree, { signal }: StepContext) {
  let text = '';
  const onStdout = (chunk: Buffer) => {
    text += chunk.toString('utf8');
  };
  await (await session).run(manifestCommand(tree), { signal, onStdout });
  return parseManifest(text);
}

async function weigh(
  from: string,
  tree: FileTree,
  codec: PackedArchive['codec'],
  common: readonly string[],
  { sessionOf, signal }: StepContext,
): Promise<Edition> {
  const part = { ...tree, exclude: [...tree.exclude, ...common] };
  const command = weighCommand(part, codec, readLimitMs(tree.bytes));
  const result = await (await sessionOf(from)).run(command, { signal });
  if (result.exitCode !== 0)
    throw new StepFailure('failed', `packing on ${from} ${howTarEnded(result)}`, from);
  const weighed = parseWeighed(result.stdout, result.stderr);
  if (weighed === undefined || (common.length === 0 && weighed.digest !== tree.digest))
    throw movedTemplate(from);
  return { tree: part, packed: weighed.packed, common };
}
