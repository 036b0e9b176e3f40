import { type Command, InvalidArgumentError, Option } from 'commander';

/** The flags that every command has; they mean the same everywhere. */
export interface GlobalOptions {
  /** As typed; undefined: kuafu searches for it. */
  readonly config: string | undefined;
  readonly json: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly color: boolean;
  /** False: long tables are printed without a pager. */
  readonly pager: boolean;
  /** False: never ask. */
  readonly input: boolean;
  readonly verbose: boolean;
  /** How many hosts are worked on at the same time; undefined: the default of the command. */
  readonly forks: number | undefined;
}

const MAX_FORKS = 1000;

/**
 * Adds the global flags to the program. commander takes options of the program on either side of a subcommand, as long as
 * enablePositionalOptions is not called. So `kuafu --json scale` and `kuafu scale --json` are the same.
 */
export function addGlobalOptions(program: Command): void {
  program
    .addOption(new Option('-c, --config <file>', 'configuration to use instead of the one found'))
    .addOption(new Option('--json', 'one JSON document on stdout'))
    .addOption(new Option('-y, --yes', 'do not ask for confirmation'))
    .addOption(new Option('--dry-run', 'read and show the plan, change nothing'))
    .addOption(new Option('--no-color', 'no colour (also: NO_COLOR=1)'))
    .addOption(new Option('--no-pager', 'long tables as they are, without a pager'))
    .addOption(new Option('--no-input', 'never ask anything'))
    .addOption(new Option('--verbose', 'say more on stderr'))
    .addOption(new Option('--forks <n>', `hosts at once, 1 to ${MAX_FORKS}`).argParser(parseForks));
}

/** The global flags as given before or after the subcommand. */
export function globalOptions(command: Command): GlobalOptions {
  const given = command.optsWithGlobals<Partial<GlobalOptions>>();
  return {
    config: given.config,
    json: given.json ?? false,
    yes: given.yes ?? false,
    dryRun: given.dryRun ?? false,
    color: given.color ?? true,
    pager: given.pager ?? true,
    input: given.input ?? true,
    verbose: given.verbose ?? false,
    forks: given.forks,
  };
}

function parseForks(text: string): number {
  const forks = Number(text);
  if (!/^\d+$/.test(text) || forks < 1 || forks > MAX_FORKS) {
    throw new InvalidArgumentError(`It is a whole number from 1 to ${MAX_FORKS}.`);
  }
  return forks;
}
