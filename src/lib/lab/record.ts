import { readFile, rename, writeFile } from 'node:fs/promises';
import { FailedError } from '../errors.js';
import { errnoOf } from './errno.js';
import type { LabPaths } from './paths.js';
import type { RoleName } from './roles/role-names.js';
import type { LabSizes } from './sizes.js';

/** The recorded design of a lab; written before the first of its hosts is made. */
export interface LabRecord {
  readonly version: 1;
  readonly name: string;
  readonly sizes: LabSizes;
  /** Folder of the image below the hosts. */
  readonly image: string;
  readonly createdAt: string;
  /** The roles of the lab, each with the folder of its layer; empty before the layer is made. */
  readonly roles?: Readonly<Partial<Record<RoleName, string>>>;
  /** The sizes and roles for which its configuration was last written. */
  readonly configured?: LabSizes & { readonly roles?: readonly RoleName[] };
}

/** Undefined if there is no such lab, or if its remains never had a record. */
export async function readRecord(paths: LabPaths): Promise<LabRecord | undefined> {
  let text: string;
  try {
    text = await readFile(paths.record, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as LabRecord;
  } catch {
    throw new FailedError(`${paths.record} cannot be read`, 'Start anew: kuafu lab down, then kuafu lab up.');
  }
}

export async function writeRecord(paths: LabPaths, record: LabRecord): Promise<void> {
  await replaceFile(paths.record, `${JSON.stringify(record, null, 2)}\n`);
}

/** A reader sees the old content or the new content, never a part of it. */
export async function replaceFile(path: string, content: string, mode = 0o644): Promise<void> {
  const part = `${path}.part`;
  await writeFile(part, content, { mode });
  await rename(part, path);
}
