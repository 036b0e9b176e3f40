import { readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FailedError } from '../errors.js';
import { errnoOf } from './errno.js';
import { readHierarchies } from './hierarchies.js';
import { makeInShared, removeShared } from './shared-folder.js';

/**
 * A lab knows its processes by control groups: every host has its own group in every hierarchy of the machine, and a process
 * cannot leave it unseen. The groups are at the top of each hierarchy, `/kuafu.lab/LAB/HOST`, so that they outlive the
 * session that ran `lab up`. (systemd does not touch groups that it has not made.)
 */
const TOP = 'kuafu.lab';

/** The group of all processes that `lab run` started. A host's name cannot have a dot. */
export const RUN_GROUP = 'lab.run';

/** If a parent does not reap its children, their entries stay, but the processes are dead. */
const REAP_WITHIN_MS = 5000;

/** Makes the group of a host in every hierarchy, and returns the folders where a process has to write its id. */
export async function createGroup(lab: string, member: string): Promise<readonly string[]> {
  const folders = (await readHierarchies()).map(({ mountPoint }) => join(mountPoint, TOP, lab, member));
  await Promise.all(folders.map((folder) => makeInShared(folder)));
  return folders;
}

/** Labs that have groups. */
export async function labsWithGroups(): Promise<readonly string[]> {
  const lists = await Promise.all(
    (await readHierarchies()).map(({ mountPoint }) => childGroups(join(mountPoint, TOP))),
  );
  return [...new Set(lists.flat())];
}

/** Ids of the processes of a lab, or of one member of it. */
export async function processesOf(lab: string, member = ''): Promise<ReadonlySet<number>> {
  const lists = await Promise.all(
    (await readHierarchies()).map(({ mountPoint }) => processesBelow(join(mountPoint, TOP, lab, member))),
  );
  return new Set(lists.flat());
}

/** The lab that owns the group of a process. */
export async function labOfProcess(pid: number | 'self'): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  return new RegExp(`^[^:]*:[^:]*:.*/${TOP.replace('.', '\\.')}/([^/\n]+)/`, 'm').exec(text)?.[1];
}

/** Moves this process, and everything it will start, into a group of the lab. */
export async function joinGroup(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await writeFile(join(folder, 'cgroup.procs'), String(process.pid));
}

/** Stops every process of a host as it is: its kernel still answers (ping, TCP connect). */
export async function setFrozen(lab: string, member: string, frozen: boolean): Promise<void> {
  const hierarchies = await readHierarchies();
  const freezer =
    hierarchies.find(({ controllers }) => controllers.includes('freezer')) ??
    hierarchies.find(({ version }) => version === 2);
  if (freezer === undefined) throw new FailedError('this machine has no control group that can freeze');
  const folder = join(freezer.mountPoint, TOP, lab, member);
  if (freezer.version === 2) await writeFile(join(folder, 'cgroup.freeze'), frozen ? '1' : '0');
  else await writeFile(join(folder, 'freezer.state'), frozen ? 'FROZEN' : 'THAWED');
}

export async function isFrozen(lab: string, member: string): Promise<boolean> {
  for (const { mountPoint, version, controllers } of await readHierarchies()) {
    const folder = join(mountPoint, TOP, lab, member);
    const file = version === 2 ? 'cgroup.freeze' : 'freezer.state';
    if (version === 1 && !controllers.includes('freezer')) continue;
    const state = await readFile(join(folder, file), 'utf8').catch(() => '');
    if (/^(1|FROZEN|FREEZING)$/m.test(state)) return true;
  }
  return false;
}

/**
 * Ends every process of a lab (or of one member) and removes its groups. It repeats until the groups are gone. So a process
 * that enters a group meanwhile is ended too, and a later process finds no group to enter.
 *
 * @throws FailedError if processes are left after 30 s
 */
export async function destroyGroups(lab: string, member = ''): Promise<void> {
  const folders = (await readHierarchies()).map(({ mountPoint }) => join(mountPoint, TOP, lab, member));
  const deadline = performance.now() + 30_000;
  const killed = new Set<number>();
  for (;;) {
    for (const pid of await killBelow(lab, member)) killed.add(pid);
    const gone = await Promise.all(folders.map((folder) => removeTree(folder)));
    if (gone.every(Boolean)) break;
    if (performance.now() > deadline) {
      const left = [...(await processesOf(lab, member))].slice(0, 5).join(', ');
      throw new FailedError(`processes of lab ${lab} do not end: ${left}`, `Look at them: ps -fp ${left}`);
    }
    await sleep(20);
  }
  // The hosts of one lab boot side by side: the folders that they share are removed only with the lab.
  if (member === '') await Promise.all(folders.map((folder) => removeShared(dirname(folder))));
  await awaitReaped(killed);
}

/** A process leaves its group a moment before it is gone: its init has to reap it. */
async function awaitReaped(pids: ReadonlySet<number>): Promise<void> {
  const deadline = performance.now() + REAP_WITHIN_MS;
  for (const pid of pids) {
    while (exists(pid) && performance.now() < deadline) await sleep(10);
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function killBelow(lab: string, member: string): Promise<readonly number[]> {
  // A frozen process in version 1 gets its signal when it is unfrozen.
  for (const name of member === '' ? await members(lab) : [member]) {
    if (await isFrozen(lab, name)) await setFrozen(lab, name, false);
  }
  const killed: number[] = [];
  for (const pid of await processesOf(lab, member)) {
    if ((await labOfProcess(pid)) !== lab) continue;
    try {
      process.kill(pid, 'SIGKILL');
      killed.push(pid);
    } catch (error) {
      if (errnoOf(error) !== 'ESRCH') throw error;
    }
  }
  return killed;
}

async function members(lab: string): Promise<readonly string[]> {
  const lists = await Promise.all(
    (await readHierarchies()).map(({ mountPoint }) => childGroups(join(mountPoint, TOP, lab))),
  );
  return [...new Set(lists.flat())];
}

async function processesBelow(folder: string): Promise<readonly number[]> {
  const own = (await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '' && line !== '0')
    .map(Number);
  const below = await Promise.all(
    (await childGroups(folder)).map((name) => processesBelow(join(folder, name))),
  );
  return [...own, ...below.flat()];
}

async function childGroups(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** The innermost folders first. False while a process is in one of them. */
async function removeTree(folder: string): Promise<boolean> {
  const below = await Promise.all((await childGroups(folder)).map((name) => removeTree(join(folder, name))));
  if (!below.every(Boolean)) return false;
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return true;
    if (errno === 'EBUSY') return false;
    throw error;
  }
}
