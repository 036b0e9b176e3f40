import { join } from 'node:path';
import { FailedError, KuafuError, sentenceOf, UsageError } from '../errors.js';
import { jsonText } from '../json-text.js';
import { requireOurs } from '../own-files/not-ours.js';
import { readTextFile } from '../own-files/read.js';
import { replaceFile } from '../own-files/write.js';

/** A file that was fetched. */
export interface FetchedFile {
  readonly host: string;
  /** Path on the host, or unit of the journal. */
  readonly path: string;
  /** Path below the folder of the manifest. */
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
  /** ISO 8601, UTC. */
  readonly fetchedAt: string;
}

const NAME = 'manifest.json';

/** schemas/logs-fetch.schema.json: the files in a folder, and the logs that could not be fetched the last time. */
export function manifestDocument(
  folder: string,
  files: readonly FetchedFile[],
  failed: readonly { readonly host: string; readonly message: string }[],
): object {
  return { kind: 'kuafu.logs-fetch', version: 1, folder, files, failed };
}

/**
 * The files that earlier runs fetched into a folder; none when there is no manifest.
 * @throws {UsageError} for another file; {NotOursError} when other users can change it or the folder;
 * {FailedError} when it cannot be read
 */
export async function readManifest(folder: string): Promise<readonly FetchedFile[]> {
  const file = join(folder, NAME);
  try {
    const document = JSON.parse(await readTextFile(requireOurs(file, 'a file').path));
    if (document.kind === 'kuafu.logs-fetch' && Array.isArray(document.files)) return document.files;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw new UsageError(`${folder} is no folder`, 'name another one with --to');
    if (error instanceof KuafuError) throw error;
    if (!(error instanceof SyntaxError))
      throw new FailedError(`${file} cannot be read: ${sentenceOf(error)}`);
  }
  throw new UsageError(
    `${file} is no list of fetched logs that kuafu wrote`,
    'fetch into another folder with --to',
  );
}

/**
 * Replaces the manifest as a whole, so that a reader never sees a part of it.
 * @throws {FailedError} when it cannot be written, as on a full disk; {NotOursError} when other users can change the folder
 */
export async function writeManifest(folder: string, document: object): Promise<void> {
  const file = join(folder, NAME);
  try {
    await replaceFile(file, `${jsonText(document, 2)}\n`);
  } catch (error) {
    if (error instanceof KuafuError) throw error;
    throw new FailedError(
      `${file} cannot be written: ${sentenceOf(error)}`,
      'the files that came are there; the same command again writes their list',
    );
  }
}
