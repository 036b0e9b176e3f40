import { Command, CommanderError } from 'commander';
import { write } from '../lib/ui/output.js';
import { addGlobalOptions, globalOptions } from './global-options.js';

/** One command of the program. Its definition is loaded when its name is among the words, not for the list of all. */
interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  readonly register: (program: Command) => Promise<unknown>;
}

const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'scale',
    summary: 'fill a room with new application hosts',
    group: 'Applications:',
    register: async (program) => (await import('./scale.js')).registerScale(program),
  },
  {
    name: 'ops',
    summary: 'every operation: list, show, resume',
    group: 'Back office:',
    register: async (program) => {
      const ops = (await import('./ops.js')).registerOps(program);
      (await import('./ops-resume.js')).registerOpsResume(ops);
    },
  },
  {
    name: 'resource',
    summary: 'the pool of spare hosts',
    group: 'Back office:',
    register: async (program) => (await import('./resource.js')).registerResource(program),
  },
  {
    name: 'config',
    summary: 'check and explain the configuration',
    group: 'First steps:',
    register: async (program) => (await import('./config.js')).registerConfig(program),
  },
  {
    name: 'lab',
    summary: 'two practice rooms of real hosts on this machine',
    group: 'First steps:',
    register: async (program) => (await import('./lab.js')).registerLab(program),
  },
];

const AFTER_HELP = `
Hosts are named by node sets, such as web-b-[01-20]. --idc names a room;
--room is the same.

Examples:
  kuafu lab up --install            two practice rooms on this machine
  kuafu config check                is the configuration sound?
  kuafu scale                       asks what it needs to know
  kuafu scale --app shop --group web --idc B --count 20 \\
      --template-ip 198.18.1.11 --start
  kuafu ops list                    every operation, and what can be resumed
  kuafu help scale                  everything about one command

Exit codes:
  0 done, or nothing to do          4 failed or partly done
  1 a finding                       5 no host could be reached
  2 wrong usage or configuration    70 a bug of ours
  3 refused, nothing was changed    130 interrupted, can be resumed`;

/** The command line, with the definitions of those commands whose names are among the words. */
export async function createProgram(argv: readonly string[], version: string): Promise<Command> {
  const program = new Command('kuafu')
    .description('One-key operations for applications that live in two machine rooms of one city.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .commandsGroup('Help:')
    .helpCommand('help [command]', 'print the help of a command')
    .usage('<command> [options]')
    .hook('preAction', (_program, action) => prepare(action));
  addGlobalOptions(program);
  for (const { name, summary, group, register } of COMMANDS) {
    if (argv.includes(name)) await register(program);
    else program.command(name);
    program.commands
      .find((command) => command.name() === name)
      ?.summary(summary)
      .helpGroup(group);
  }
  settle(program);
  return program.addHelpText('after', AFTER_HELP);
}

/** Help or version that was asked for: commander ends those by an error, too. */
export function isAskedForHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** What every action needs, before it starts. */
async function prepare(action: Command): Promise<void> {
  const { color, input, json } = globalOptions(action);
  (await import('./failure.js')).endOnUncaught(json);
  if (!input) (await import('./confirm.js')).forbidQuestions();
  if (!color) (await import('../lib/ui/colour.js')).forbidColour();
}

/** Gives every command of the tree the same manners; addCommand() would not inherit them. */
function settle(command: Command): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => write(process.stdout, text),
      writeErr: (text) => write(process.stderr, text),
      // main() prints errors, also as JSON.
      outputError: () => undefined,
    })
    .configureHelp({ showGlobalOptions: true });
  for (const child of command.commands) settle(child);
}
