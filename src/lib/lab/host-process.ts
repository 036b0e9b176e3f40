import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostScript } from '../../host-script.js';
import { createGroup, destroyGroups, processesOf } from './cgroups.js';
import { type HostPaths, namespacePath } from './paths.js';

/** Reports when a host that was just started has ended again. */
export interface StartedHost {
  readonly ended: Promise<void>;
}

/** Boots a host. It belongs to no session and continues when kuafu ends. */
export async function startHost(lab: string, host: string, paths: HostPaths): Promise<StartedHost> {
  // Processes and groups that remain of a host that was just shut down.
  await destroyGroups(lab, host);
  const groups = await createGroup(lab, host);
  const nspawn = [
    ...['systemd-nspawn', '--quiet', '--boot', '--directory', paths.root],
    ...[
      `--network-namespace-path=${namespacePath(lab, host)}`,
      `--machine=${lab}.${host}`,
      `--hostname=${host}`,
    ],
    // nspawn removes this capability from a host with a given network namespace, and nft would not work there.
    '--capability=CAP_NET_ADMIN',
    ...[
      '--register=no',
      '--keep-unit',
      '--link-journal=no',
      '--resolv-conf=off',
      '--timezone=off',
      '--console=pipe',
    ],
  ];
  const console = openSync(paths.console, 'a', 0o600);
  const launcher = spawn('sh', ['-c', hostScript('lab/launch'), 'kuafu-lab', ...groups, '--', ...nspawn], {
    detached: true,
    stdio: ['ignore', console, console],
    cwd: '/',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  closeSync(console);
  launcher.unref();
  const ended = new Promise<void>((resolve) => {
    launcher.once('error', () => resolve());
    launcher.once('exit', () => resolve());
  });
  return { ended };
}

/** The process that has id 1 inside the host; undefined if the host is off. */
export async function initOf(lab: string, host: string): Promise<number | undefined> {
  const depth = (await namespacedIds('self'))?.length ?? 1;
  for (const pid of await processesOf(lab, host)) {
    const ids = await namespacedIds(pid);
    if (ids?.length === depth + 1 && ids.at(-1) === 1) return pid;
  }
  return undefined;
}

/** The ids of a process in kuafu's PID namespace and the namespaces below it (proc(5), NSpid of status). */
async function namespacedIds(pid: number | 'self'): Promise<readonly number[] | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^NSpid:\s*(.+)$/m.exec(status)?.[1]?.split(/\s+/).map(Number);
}
