import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { write } from '../lib/ui/output.js';
import { forbidQuestions } from './confirm.js';
import { addGlobalOptions, globalOptions } from './global-options.js';

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

/** The whole command line. Definitions only: what a command needs to run, its action imports. */
export function createProgram(): Command {
  const program = new Command('kuafu')
    .description('One-key operations for applications that live in two machine rooms of one city.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .usage('<command> [options]')
    .hook('preAction', async (_program, action) => applyGlobals(action));
  addGlobalOptions(program);

  registerCommands(program);
  settle(program);
  return program.addHelpText('after', AFTER_HELP);
}

function registerCommands(_program: Command): void {}

async function applyGlobals(action: Command): Promise<void> {
  const { color, input } = globalOptions(action);
  if (!input) forbidQuestions();
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

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
