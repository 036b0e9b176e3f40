import { readdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { destroyGroups, labsWithGroups } from './cgroups.js';
import { removeHalfBuiltImage } from './image.js';
import { takeLabLock } from './lab-lock.js';
import { requireRoot } from './machine.js';
import { mountsBelow, unmountBelow } from './mounts.js';
import { labsWithNamespaces, namespacesOf, removeNetwork } from './network.js';
import { LABS_FOLDER, labPaths } from './paths.js';
import { removeShared } from './shared-folder.js';
import type { ToolOptions } from './tool.js';

/** Names of all labs that left anything on the system. */
export async function findLabs(): Promise<readonly string[]> {
  const folders = await readdir(LABS_FOLDER).catch(() => []);
  const names = [...folders, ...(await labsWithNamespaces()), ...(await labsWithGroups())];
  return [...new Set(names)].sort();
}

/**
 * Removes a lab: processes, namespaces, mounts, folder, groups. Everything is looked up in the system, so it does not matter
 * how far an `up` came or how it ended. Hosts are powered off without a shutdown: there is no data to keep.
 *
 * @returns false if there was nothing of the lab
 * @throws FailedError if something cannot be removed
 */
export async function down(
  name: string,
  notify: (text: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  requireRoot('down', name);
  const lock = await takeLabLock(name, notify, signal);
  const options = { holdFd: lock.fd };
  try {
    const wasThere = await isAnythingThere(name);
    if (wasThere) await removeAll(name, options);
    await removeHalfBuiltImage();
    lock.remove();
    return wasThere;
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function isAnythingThere(name: string): Promise<boolean> {
  const { folder } = labPaths(name);
  return (
    (await findLabs()).includes(name) ||
    (await namespacesOf(name)).length > 0 ||
    (await mountsBelow(folder)).length > 0
  );
}

async function removeAll(name: string, options: ToolOptions): Promise<void> {
  const { folder } = labPaths(name);
  await destroyGroups(name);
  await removeNetwork(name, options);
  await unmountBelow(folder, options);
  await rm(folder, { recursive: true, force: true });
  await removeShared(LABS_FOLDER);
  await removeShared(dirname(LABS_FOLDER));
}
