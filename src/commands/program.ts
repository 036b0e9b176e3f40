import { Command, CommanderError, InvalidArgumentError, type Option } from 'commander';
import { writeHelp } from '../lib/ui/frame/output.js';
import { addGlobalOptions, globalOptions } from './global-options.js';
import { ROOT_HELP } from './root-help.js';

/** Commands by name. A definition is loaded only if its name is among the words, because most are not needed. */
const COMMANDS: Readonly<Record<string, (program: Command, argv: readonly string[]) => Promise<unknown>>> = {
  scale: async (program) => (await import('./scale/scale.js')).registerScale(program),
  restart: async (program) => (await import('./restart/restart.js')).registerRestart(program),
  start: async (program) => (await import('./start/start.js')).registerStart(program),
  exec: async (program, argv) => (await import('./exec/exec.js')).registerExec(program, argv),
  logs: async (program) => (await import('./logs/logs.js')).registerLogs(program),
  traffic: async (program) => (await import('./traffic/traffic.js')).registerTraffic(program),
  db: async (program) => (await import('./db/db.js')).registerDb(program),
  dns: async (program) => (await import('./dns/dns.js')).registerDns(program),
  env: async (program) => (await import('./env/env.js')).registerEnv(program),
  switch: async (program) => (await import('./switch/switch.js')).registerSwitch(program),
  rooms: async (program) => (await import('./rooms/rooms.js')).registerRooms(program),
  agents: async (program) => (await import('./agents/agents.js')).registerAgents(program),
  report: async (program) => (await import('./report/report.js')).registerReport(program),
  ops: async (program) => {
    const ops = (await import('./ops/ops.js')).registerOps(program);
    (await import('./ops/ops-resume.js')).registerOpsResume(ops);
    (await import('./ops/ops-signals.js')).registerOpsSignals(ops);
  },
  resource: async (program) => (await import('./resource/resource.js')).registerResource(program),
  config: async (program) => (await import('./config/config.js')).registerConfig(program),
  completion: async (program) => (await import('./completion/completion.js')).registerCompletion(program),
  lab: async (program) => (await import('./lab/lab.js')).registerLab(program),
};

/** The command line, with the definitions of the commands whose names are among the words. */
export async function createProgram(argv: readonly string[], version: string): Promise<Command> {
  const program = new Command('kuafu')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .hook('preAction', (_program, action) => prepare(action));
  program.helpInformation = () => ROOT_HELP;
  addGlobalOptions(program);
  for (const [name, register] of Object.entries(COMMANDS)) {
    if (argv.includes(name)) await register(program, argv);
    // Only the name, so that it is suggested for a misspelt one.
    else program.command(name);
  }
  settle(program);
  return program;
}

/** The user asked for help or version: commander ends these with an error, too. */
export function isAskedForHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** What every action needs, before it starts. */
async function prepare(action: Command): Promise<void> {
  const { color, input, json } = globalOptions(action);
  (await import('./failure.js')).endOnUncaught(json);
  if (!input) (await import('./confirm.js')).forbidQuestions();
  if (!color) (await import('../lib/ui/frame/colour.js')).forbidColour();
}

/** Gives every command of the tree the same settings; addCommand() would not inherit them. */
function settle(command: Command): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => writeHelp(text),
      writeErr: (text) => writeHelp(text, process.stderr),
      // main() prints errors, if needed as JSON.
      outputError: () => undefined,
    })
    // On a narrow terminal the help texts wrap to its width, instead of breaking inside words.
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 12 });
  for (const option of command.options)
    if (option.required) {
      // An alias may have flags of the program: a typed flag comes after them, and counts.
      if (command.parent !== null) refuseSecond(option);
      refuseFlagAsValue(option);
    }
  for (const child of command.commands) settle(child);
}

/** commander takes the next word as the value: in `--app --group web` the app would be `--group`. */
function refuseFlagAsValue(option: Option): void {
  const parse = option.parseArg;
  if (option.variadic && parse === undefined) return;
  option.argParser((value, previous) => {
    if (value.startsWith('--')) throw new InvalidArgumentError('It is a flag; the value is missing.');
    return parse === undefined ? value : parse(value, previous);
  });
}

/**
 * Of `--undo ONE --undo OTHER` commander silently takes the last. Flags that take several values have a parser that collects
 * them.
 */
function refuseSecond(option: Option): void {
  const parse = option.parseArg;
  if (option.variadic || (parse !== undefined && parse.length > 1)) return;
  let first: string | undefined;
  option.argParser((value, previous) => {
    if (first !== undefined && first !== value)
      throw new InvalidArgumentError(`It was given before, as '${first}', and takes one value.`);
    first = value;
    return parse === undefined ? value : parse(value, previous);
  });
}
