import { readFile } from 'node:fs/promises';

/** A tree of control groups. */
export interface Hierarchy {
  readonly mountPoint: string;
  readonly version: 1 | 2;
  /** Controllers, or `name=systemd`; empty for version 2. */
  readonly controllers: readonly string[];
}

/** The hierarchies of this machine: version 1, 2, or both (hybrid). */
export async function readHierarchies(): Promise<readonly Hierarchy[]> {
  const [cgroups, mounts] = await Promise.all([
    readFile('/proc/self/cgroup', 'utf8'),
    readFile('/proc/mounts', 'utf8'),
  ]);
  return parseHierarchies(cgroups, mounts);
}

/**
 * @param cgroups /proc/self/cgroup: the hierarchies that exist (cgroups(7))
 * @param mounts /proc/mounts: where they are mounted
 */
export function parseHierarchies(cgroups: string, mounts: string): readonly Hierarchy[] {
  const mounted = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, target = '', type, options = '']) => ({ target, type, options: options.split(',') }));
  return cgroups
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line): Hierarchy[] => {
      const controllers = (line.split(':')[1] ?? '').split(',').filter((name) => name !== '');
      const version = controllers.length === 0 ? 2 : 1;
      const mount = mounted.find(({ type, options }) =>
        version === 2
          ? type === 'cgroup2'
          : type === 'cgroup' && controllers.every((name) => options.includes(name)),
      );
      // A new cpuset group has no CPUs, so no process can enter it; all hosts share all CPUs anyway.
      if (mount === undefined || controllers.includes('cpuset')) return [];
      return [{ mountPoint: mount.target, version, controllers }];
    });
}
