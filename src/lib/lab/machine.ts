import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { RefusedError } from '../errors.js';
import { DEFAULT_LAB } from './lab-name.js';
import { runTool } from './tool.js';

/** Programs that make a lab, and the Debian package of each. */
const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['systemd-nspawn', 'systemd-container'],
  ['mmdebstrap', 'mmdebstrap'],
  ['ip', 'iproute2'],
  ['sysctl', 'procps'],
  ['ssh-keygen', 'openssh-client'],
  ['mount', 'mount'],
  ['flock', 'util-linux'],
  ['nsenter', 'util-linux'],
  ['setpriv', 'util-linux'],
  ['unshare', 'util-linux'],
]);

/** Kernel limits that all hosts share, and the values that 200 hosts need. */
const LIMITS: ReadonlyMap<string, number> = new Map([
  // 128 by default: with more than about 24 hosts systemd stops at boot with "Failed to create inotify object".
  ['fs/inotify/max_user_instances', 8192],
  ['fs/inotify/max_user_watches', 524_288],
  // 1024 by default, for all network namespaces together.
  ['net/ipv4/neigh/default/gc_thresh1', 4096],
  ['net/ipv4/neigh/default/gc_thresh2', 8192],
  ['net/ipv4/neigh/default/gc_thresh3', 16_384],
]);

/** @throws RefusedError unless this is Linux and the user is root */
export function requireRoot(verb: 'up' | 'down' | 'status' | 'run', lab: string | undefined): void {
  if (process.platform !== 'linux') {
    throw new RefusedError(
      'A lab needs Linux: its hosts share the kernel of this machine.',
      'Run it on a Debian machine, or in a virtual one.',
    );
  }
  if (process.getuid?.() !== 0) {
    throw new RefusedError(
      'A lab needs root: it makes network namespaces and mounts.',
      `Try: sudo kuafu lab ${verb}${lab === undefined || lab === DEFAULT_LAB ? '' : ` --name ${lab}`}`,
    );
  }
}

/** Packages with a missing program. */
export async function missingPackages(): Promise<readonly string[]> {
  const missing = new Set<string>();
  for (const [program, name] of PROGRAMS) if (!(await isInstalled(program))) missing.add(name);
  return [...missing];
}

/** @throws RefusedError that names the packages and the command that installs them */
export function refuseMissing(packages: readonly string[]): never {
  throw new RefusedError(
    `A lab needs Debian packages that this machine lacks: ${packages.join(', ')}.`,
    `Try: kuafu lab up --install   (or: apt-get update && apt-get install ${packages.join(' ')})`,
  );
}

/** @throws FailedError if apt-get fails; RefusedError if there is no apt-get */
export async function installPackages(packages: readonly string[], signal: AbortSignal): Promise<void> {
  if (!(await isInstalled('apt-get'))) {
    throw new RefusedError(
      `This machine has no apt-get to install ${packages.join(', ')} with.`,
      'A lab runs on Debian and its relatives.',
    );
  }
  await runTool('apt-get', ['update', '-q'], { signal });
  // Once started it runs to its end; otherwise the next use of dpkg would have to repair it.
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runTool('apt-get', ['install', '-qy', '--no-install-recommends', ...packages], { env });
  signal.throwIfAborted();
}

/** Raises limits that are too low; never lowers one. The new limits stay, because other labs may need them. */
export async function raiseLimits(): Promise<void> {
  for (const [name, needed] of LIMITS) {
    const file = join('/proc/sys', name);
    const current = Number(await readFile(file, 'utf8').catch(() => Number.POSITIVE_INFINITY));
    if (current < needed) await writeFile(file, String(needed));
  }
}

async function isInstalled(program: string): Promise<boolean> {
  // A login shell of root has the sbin folders in its PATH; other ways to become root may not.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  for (const folder of folders.filter((name) => name !== '')) {
    const found = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
