import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { hostScript } from '../../host-script.js';
import { FailedError, RefusedError, sentenceOf } from '../errors.js';
import { createGroup, joinGroup, labOfProcess, RUN_GROUP } from './cgroups.js';
import { type Lab, openLab } from './lab.js';
import { requireRoot } from './machine.js';
import { namespacesOf } from './network.js';
import { namespaceName, namespacePath } from './paths.js';
import type { LabRole } from './roles/role.js';
import { ROLES } from './roles/roles.js';

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/**
 * Runs a command as on the lab's control host: with the control host's network and names, but this machine's file system.
 * Streams, terminal, current folder and signals belong to the command. Without a command it is a shell.
 *
 * @returns its exit status, or 128 plus the number of the signal that ended it, as in a shell
 * @throws RefusedError if there is no such lab; FailedError if the command cannot be started
 */
export async function runInLab(
  name: string,
  command: readonly string[],
  notify: (text: string) => void,
): Promise<number> {
  requireRoot('run', name);
  const lab = await openLab(name);
  await enterGroup(lab);
  const shell = process.env.SHELL === undefined || process.env.SHELL === '' ? '/bin/sh' : process.env.SHELL;
  const words = command.length === 0 ? [shell] : command;
  if (command.length === 0 && process.stdin.isTTY === true)
    notify(`Lab ${name}: kuafu and ssh know its hosts by name; exit leaves the lab.`);
  const wrapped = [
    // The command ends with kuafu, also if kuafu is killed.
    ...['--pdeathsig', 'HUP', 'nsenter', `--net=${namespacePath(name, 'ctl')}`],
    ...['unshare', '--mount', '--propagation', 'slave', 'sh', '-c', hostScript('lab/enter'), 'kuafu-lab'],
    ...[lab.paths.resolvConf, lab.paths.hostsFile, lab.paths.sshConfig, ...words],
  ];
  return endOf(
    spawn('setpriv', wrapped, {
      stdio: 'inherit',
      env: { ...environment(lab), ...(command.length === 0 ? promptOf(lab) : {}) },
    }),
  );
}

/** Lets `down` find what was started here. A run within a run is already in the group. */
async function enterGroup(lab: Lab): Promise<void> {
  const namespaces = await namespacesOf(lab.name);
  if (!namespaces.includes(namespaceName(lab.name, 'ctl'))) {
    throw new RefusedError(`Lab ${lab.name} is not up.`, `Try: kuafu lab up --name ${lab.name}`);
  }
  if ((await labOfProcess('self')) !== undefined) return;
  await joinGroup(await createGroup(lab.name, RUN_GROUP));
}

function environment(lab: Lab): NodeJS.ProcessEnv {
  const path = [lab.paths.bin, process.env.PATH ?? ''].join(delimiter);
  return {
    ...process.env,
    PATH: path,
    ...secretsOf(lab),
    KUAFU_CONFIG: lab.paths.config,
    KUAFU_LAB: lab.name,
    // A new lab has the addresses of an old one but other host keys, so known host keys are removed with the lab.
    XDG_STATE_HOME: join(lab.paths.folder, 'state'),
  };
}

function secretsOf({ topology }: Lab): NodeJS.ProcessEnv {
  return Object.assign({}, ...topology.roles.map((role) => (ROLES[role] as LabRole).secrets));
}

/** A prompt that shows the lab: Debian's bash and similar shells begin their prompt with debian_chroot, a plain sh uses PS1. */
function promptOf({ name }: Lab): NodeJS.ProcessEnv {
  return { debian_chroot: `lab ${name}`, PS1: `(lab ${name}) ${process.env.PS1 ?? '# '}` };
}

async function endOf(child: ReturnType<typeof spawn>): Promise<number> {
  // The terminal sends SIGINT to the command as well; the command decides what to do.
  const ignore = () => undefined;
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGINT', ignore);
  for (const signal of FORWARDED) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (error) =>
        reject(new FailedError(`setpriv cannot be started: ${sentenceOf(error)}`)),
      );
      child.once('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  } finally {
    process.off('SIGINT', ignore);
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}
