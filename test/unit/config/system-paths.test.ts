import { describe, expect, it } from 'vitest';
import { systemPathProblem, systemPathRisk } from '../../../src/lib/config/system-paths.js';

describe('what may be copied to a host and removed there', () => {
  it.each([
    ...[
      '/opt/shop',
      '/etc/shop',
      '/etc/shop/env',
      '/etc/systemd/system/shop.service',
      '/usr/local/bin/shop',
      '/srv/a',
    ],
    ...[
      '/var/lib/shop',
      '/home/shop/app',
      '/usr/lib/shop',
      '/usr/lib/systemd/system/shop.service',
      '/etc/cron.d/shop',
    ],
    ...[
      '/etc/default/shop',
      '/etc/nginx/sites-enabled/shop',
      '/etc/security/limits.d/shop.conf',
      '/root/shop',
    ],
    ...['/etc/systemd/system/shop.service.d', '/etc/sudoers.d/shop', '/var/spool/cron/crontabs/shop'],
    ...['/etc/systemd/system/shop.target', '/etc/systemd/system/shop.target.wants', '/lib/shop', '/bin/shop'],
    ...['/etc/systemd/system/systemd-watch', '/etc/systemd/system/sshd-keys.timer'],
  ])('is %s', (path) => expect(systemPathProblem(path)).toBeUndefined());

  it.each([
    ...[
      '',
      '/',
      '/opt',
      '/etc',
      'opt/shop',
      '/opt/',
      '/opt/shop/',
      '/opt/../etc/shop',
      '/opt//shop',
      '/opt/./shop',
    ],
    ...[
      '/usr/bin',
      '/usr/local/lib',
      '/var/lib',
      '/var/log',
      '/etc/systemd',
      '/etc/systemd/system',
      '/etc/ssh',
    ],
    ...[
      '/root/.ssh',
      '/root/.ssh/authorized_keys',
      '/home/shop/.ssh',
      '/home/shop/.ssh/id_ed25519',
      '/root/.bashrc',
    ],
    ...[
      '/etc/ssh/sshd_config',
      '/etc/ssh/sshd_config.d/shop.conf',
      '/etc/pam.d/shop',
      '/etc/passwd',
      '/etc/shadow-',
    ],
    ...[
      '/lib/x86_64-linux-gnu',
      '/bin/sh',
      '/sbin/init',
      '/usr/sbin/sshd',
      '/vmlinuz',
      '/lib64/ld-linux-x86-64.so.2',
    ],
    ...[
      '/etc/systemd/system/multi-user.target.wants',
      '/etc/systemd/system/default.target',
      '/etc/systemd/system/sshd.service',
      '/etc/systemd/system/ssh.service.d',
      '/etc/systemd/system/systemd-networkd.service',
      '/lib/systemd/system/getty@.service',
      '/lib/systemd/system/ssh.socket',
    ],
    ...[
      '/etc/cron.d',
      '/etc/sudoers',
      '/etc/sudoers.d',
      '/etc/crontab',
      '/usr/lib/systemd',
      '/usr/lib/systemd/system',
    ],
    ...[
      '/lib/systemd/system',
      '/etc/apt/sources.list',
      '/etc/netplan/x.yaml',
      '/etc/systemd/network/a',
      '/boot/vmlinuz',
    ],
    ...[
      '/dev/shm/shop',
      '/proc/1',
      '/sys/kernel',
      '/etc/ld.so.preload',
      '/var/lib/dpkg/status',
      '/var/lib/kuafu/brought',
    ],
    ...[
      '/etc/machine-id',
      '/etc/hostname',
      '/etc/resolv.conf',
      '/etc/fstab',
      '/var/spool/cron',
      '/run/systemd/x',
    ],
  ])('is not %j', (path) => expect(systemPathProblem(path)).toBeDefined());
});

it('says what the system itself obeys', () => {
  expect(systemPathRisk('/opt/shop')).toBeUndefined();
  expect(systemPathRisk('/etc/systemd/system/shop.service')).toBeUndefined();
  for (const path of [
    '/etc/cron.d/shop',
    '/etc/sudoers.d/shop',
    '/usr/bin/shop',
    '/usr/lib/systemd/system/a.service',
  ])
    expect(systemPathRisk(path)).toMatch(/the system itself obeys$/);
});
