import type { Command } from 'commander';
import { UsageError } from '../../lib/errors.js';
import { DEFAULT_LAB } from '../../lib/lab/lab-name.js';
import { ROLE_NAMES } from '../../lib/lab/roles/role-names.js';
import { globalOptions } from '../global-options.js';
import type { DownFlags, UpFlags } from './lab-action.js';

/** Two practice rooms of real Linux hosts on this machine. */
export function registerLab(program: Command): void {
  const lab = program.command('lab').summary('two practice rooms on this machine');
  lab.description(
    'Two machine rooms of real Debian hosts on this machine: systemd, sshd, nftables, balancers, a web shop. ' +
      'Their network has no way out. It needs root.',
  );
  lab.hook('preAction', (_lab, action) => refuseDryRun(action));
  registerUp(lab);
  registerDown(lab);
  registerStatus(lab);
  registerRun(lab);
}

/** The lab cannot keep the promise of --dry-run to change nothing, so the flag is refused. */
function refuseDryRun(action: Command): void {
  if (!globalOptions(action).dryRun || !['up', 'down'].includes(action.name())) return;
  throw new UsageError(
    `lab ${action.name()} knows no --dry-run; nothing was changed`,
    'see what is there: kuafu lab status',
  );
}

function registerUp(lab: Command): void {
  lab
    .command('up')
    .summary('make the rooms, or complete what is missing')
    .description(
      'Makes two rooms and boots their hosts. The first time it builds their image from the package sources of this ' +
        'machine. Again, it starts what is off and adds what larger numbers and more roles ask for.',
    )
    .option('--name <name>', 'name of the lab', DEFAULT_LAB)
    .option('--hosts <n>', 'app hosts in each room; a new lab has 2')
    .option('--spare <spec>', 'spare hosts: N in each room, or A=2,B=24 as a new lab has')
    .option('--with <roles>', `services beside the shop: ${ROLE_NAMES.join(',')}, or all`)
    .option('--install', 'install missing Debian packages with apt-get')
    .addHelpText(
      'after',
      '\nExamples:\n  kuafu lab up --install\n  kuafu lab up --name big --hosts 4 --spare A=40,B=152\n  kuafu lab up --with dns',
    )
    .action(async (flags: UpFlags) => {
      const { labUp } = await import('./lab-action.js');
      await labUp(flags);
    });
}

function registerDown(lab: Command): void {
  lab
    .command('down')
    .summary('remove the rooms and all that belongs to them')
    .description(
      'Removes a lab: its processes, networks, mounts and files, its ledger among them. The image stays for the next.',
    )
    .option('--name <name>', 'name of the lab', DEFAULT_LAB)
    .option('--all', 'every lab of this machine')
    .action(async (flags: DownFlags) => {
      const { labDown } = await import('./lab-action.js');
      await labDown(flags);
    });
}

function registerStatus(lab: Command): void {
  lab
    .command('status')
    .summary('which hosts there are and which of them run')
    .description('Shows the labs of this machine. The exit code is 1 when a host does not run.')
    .option('--name <name>', 'only this lab')
    .action(async (flags: { readonly name?: string }, command: Command) => {
      const { labStatus } = await import('./lab-action.js');
      await labStatus(flags.name, command);
    });
}

function registerRun(lab: Command): void {
  lab
    .command('run [command...]')
    .summary('run a command, or a shell, on the control host')
    .description(
      "Runs a command with the network of the lab's control host and the lab's configuration, on the files of this " +
        'machine. Without a command it is a shell. The exit code is that of the command.',
    )
    .option('--name <name>', 'name of the lab', DEFAULT_LAB)
    .addHelpText(
      'after',
      '\nExamples:\n  kuafu lab run -- kuafu config check\n  kuafu lab run -- curl -sS http://203.0.113.102/whoami',
    )
    .action(async (words: readonly string[], flags: { readonly name: string }) => {
      const { labRun } = await import('./lab-action.js');
      await labRun(flags.name, words);
    });
}
