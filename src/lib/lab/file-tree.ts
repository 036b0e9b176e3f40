import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file, symbolic link or folder of a host's root, by its absolute path on the host. */
export type TreeEntry =
  | { readonly path: string; readonly content: string | Buffer; readonly mode?: number }
  | { readonly path: string; readonly target: string }
  | { readonly path: string; readonly folder: true; readonly mode: number };

/**
 * Writes entries below a folder that holds nothing of the real machine. Modes do not depend on this process's umask, because
 * an entry in an upper layer decides the mode of the merged folder.
 */
export async function writeTree(root: string, entries: readonly TreeEntry[]): Promise<void> {
  await makeFolder(root);
  await chmod(root, 0o755);
  for (const entry of entries) {
    const path = join(root, entry.path);
    await makeParents(root, dirname(entry.path));
    if ('target' in entry) await link(entry.target, path);
    else if ('folder' in entry) {
      await makeFolder(path);
      await chmod(path, entry.mode);
    } else {
      await writeFile(path, entry.content);
      await chmod(path, entry.mode ?? 0o644);
    }
  }
}

async function makeParents(root: string, folder: string): Promise<void> {
  if (folder === '/') return;
  await makeParents(root, dirname(folder));
  await makeFolder(join(root, folder));
}

async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true });
  if (made !== undefined) await chmod(path, 0o755);
}

async function link(target: string, path: string): Promise<void> {
  await rm(path, { force: true });
  await symlink(target, path);
}
