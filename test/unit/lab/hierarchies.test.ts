import { expect, test } from 'vitest';
import { parseHierarchies } from '../../../src/lib/lab/hierarchies.js';
import { parseMountInfo } from '../../../src/lib/lab/mounts.js';

test('a machine with version 2 alone', () => {
  const mounts = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate 0 0\n';
  expect(parseHierarchies('0::/user.slice/user-0.slice/session-3.scope\n', mounts)).toEqual([
    { mountPoint: '/sys/fs/cgroup', version: 2, controllers: [] },
  ]);
});

test('a hybrid machine; cpuset and what is not mounted are left out', () => {
  const cgroups = '9:name=systemd:/\n8:pids:/\n4:cpu,cpuacct:/x\n3:cpuset:/\n2:rdma:/\n0::/\n';
  const mounts = `
tmpfs /sys/fs/cgroup tmpfs rw,mode=755 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/cpuset cgroup rw,relatime,cpuset 0 0
cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,xattr,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
`;
  expect(parseHierarchies(cgroups, mounts)).toEqual([
    { mountPoint: '/sys/fs/cgroup/systemd', version: 1, controllers: ['name=systemd'] },
    { mountPoint: '/sys/fs/cgroup/pids', version: 1, controllers: ['pids'] },
    { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', version: 1, controllers: ['cpu', 'cpuacct'] },
    { mountPoint: '/sys/fs/cgroup/unified', version: 2, controllers: [] },
  ]);
});

test('mount points with blanks and backslashes, optional fields or none', () => {
  const text = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
40 27 0:38 / /mnt/a\\040b\\134c rw shared:1 master:2 - overlay overlay rw,lowerdir=/x
`;
  expect(parseMountInfo(text)).toEqual([
    { target: '/sys/fs/cgroup', type: 'tmpfs' },
    { target: '/mnt/a b\\c', type: 'overlay' },
  ]);
});
