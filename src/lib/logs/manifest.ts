import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.js';

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

/** schemas/logs-fetch.schema.json: what is in a folder, and what could not be fetched the last time. */
export function manifestDocument(
  folder: string,
  files: readonly FetchedFile[],
  failed: readonly { readonly host: string; readonly message: string }[],
): object {
  return { kind: 'kuafu.logs-fetch', version: 1, folder, files, failed };
}

/** What earlier runs have fetched into a folder; nothing where there is no manifest. @throws {UsageError} for another file */
export async function readManifest(folder: string): Promise<readonly FetchedFile[]> {
  const file = join(folder, NAME);
  try {
    const document = JSON.parse(await readFile(file, 'utf8'));
    if (document.kind === 'kuafu.logs-fetch' && Array.isArray(document.files)) return document.files;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UsageError(`${file} is no manifest of kuafu logs fetch`, 'fetch into another folder with --to');
}

/** Whole or not at all, for a reader at any moment. */
export async function writeManifest(folder: string, document: object): Promise<void> {
  const part = join(folder, `.${NAME}.${process.pid}`);
  await writeFile(part, `${JSON.stringify(document, null, 2)}\n`);
  await rename(part, join(folder, NAME));
}
