import { type Command, InvalidArgumentError, Option } from 'commander';
import { addSelectionOptions, SELECTION_HELP } from '../selection.js';
import type { FetchFlags } from './logs-fetch-action.js';
import type { GrepFlags } from './logs-grep-action.js';
import type { TailFlags } from './logs-tail-action.js';

/** One stream of many hosts. */
export function registerLogs(program: Command): void {
  const logs = program.command('logs').summary('the logs of many hosts: tail, grep, fetch');
  logs.description('The logs of many hosts, files with their rotated parts and the journal, over SSH alone.');
  registerTail(logs);
  registerGrep(logs);
  registerFetch(logs);
}

function registerTail(logs: Command): void {
  const tail = logs
    .command('tail [hosts...]')
    .summary('follow logs, in the order of their times')
    .description(
      'Follows the logs of many hosts as one stream in the order of their times. A link that breaks is opened anew, and ' +
        'the stream goes on without losing or doubling a line, also when files were rotated meanwhile.',
    );
  addSourceOptions(addSelectionOptions(tail))
    .addOption(
      new Option('-n, --lines <n>', 'last lines of each file of each host first')
        .argParser(parseCount)
        .default(10),
    )
    .option('--since <when>', 'from then on: 10m (ago), 14:30, or ISO 8601')
    .option('--grep <regexp>', 'only lines with it (grep -E, on the hosts); again: or', collect)
    .option('--exclude <regexp>', 'no lines with it', collect)
    .option('-i, --ignore-case', 'for both of them')
    .option('--no-follow', 'end when everything was read');
  addFormatOptions(tail)
    .addOption(
      new Option('--max-rate <n>', 'lines a second of one host; more are dropped')
        .argParser(parseCount)
        .default(10_000),
    )
    .option('--window <duration>', 'lines wait so long for older ones', '1s')
    .addHelpText(
      'after',
      `${SELECTION_HELP}

With --json every line is a JSON document. Ctrl-C ends it, with exit code 130.
What a host cannot show is said on stderr; 4 when nothing is anywhere.

Examples:
  kuafu logs tail --app shop
  kuafu logs tail web-b-[01-20] -n 100 --grep 'ERROR|WARN' --exclude healthz
  kuafu logs tail --app shop --idc B --since 10m --no-follow --json
  kuafu logs tail @all --file '/var/log/nginx/*.log'
  kuafu logs tail @all --unit ssh.service --template '{time} {host} {line}'`,
    )
    .action(async (nodeSets: readonly string[], flags: TailFlags, command: Command) => {
      const { tail: run } = await import('./logs-tail-action.js');
      await run(nodeSets, flags, command);
    });
}

function registerGrep(logs: Command): void {
  const grep = logs
    .command('grep [pattern] [hosts...]')
    .summary('search logs, rotated and packed ones too')
    .description(
      'Searches the logs of many hosts on the hosts (grep -E): rotated files too, .gz among them. Only matches cross the ' +
        'network. They come in the order of their times.',
    );
  addSourceOptions(addSelectionOptions(grep))
    .option('-e, --regexp <regexp>', 'a pattern; for more than one, and with a dash', collect)
    .option('--exclude <regexp>', 'no lines with it', collect)
    .option('-i, --ignore-case', 'for both of them')
    .addOption(
      new Option('-C, --context <n>', 'so many lines around each match').argParser(parseCount).default(0),
    )
    .option('--since <when>', 'from then on: 10m (ago), 14:30, or ISO 8601')
    .option('--until <when>', 'up to then')
    .option('--fold', 'equal lines once, with their hosts');
  addFormatOptions(grep)
    .addHelpText(
      'after',
      `${SELECTION_HELP}

--fold shows "line × web-b-[01-20]" for lines that are equal but for their time,
process number and host. Any other number keeps lines apart.

Exit codes are those of grep: 0 found, 1 nothing found; 4 when not every host
could be searched whole, 5 when none was reached.

Examples:
  kuafu logs grep 'status=5..' --app shop
  kuafu logs grep 'timeout|refused' web-b-[01-20] --since 2h --fold
  kuafu logs grep -e '-1 bytes' -e "can't" --app shop -C 3`,
    )
    .action(
      async (
        pattern: string | undefined,
        nodeSets: readonly string[],
        flags: GrepFlags,
        command: Command,
      ) => {
        const { grep: run } = await import('./logs-grep-action.js');
        await run(pattern, nodeSets, flags, command);
      },
    );
}

function registerFetch(logs: Command): void {
  const fetch = logs
    .command('fetch [hosts...]')
    .summary('copy logs to this machine')
    .description(
      'Copies logs of many hosts to FOLDER/HOST/path, rotated files as they are, the journal as text. What is there ' +
        'already, by digest, is not fetched again: a fetch that was cut off goes on. Nothing is begun that does not fit.',
    );
  addSourceOptions(addSelectionOptions(fetch))
    .option('--since <when>', 'only files written to since: 10m (ago), 14:30, or ISO 8601')
    .option('--to <folder>', 'local folder', 'logs')
    .addHelpText(
      'after',
      `${SELECTION_HELP}

manifest.json in the folder has host, path, size, SHA-256 and time of each file.

Examples:
  kuafu logs fetch --app shop --idc B --to /tmp/incident
  kuafu logs fetch web-b-07 --file '/var/log/*.log' --since 1d`,
    )
    .action(async (nodeSets: readonly string[], flags: FetchFlags, command: Command) => {
      const { fetch: run } = await import('./logs-fetch-action.js');
      await run(nodeSets, flags, command);
    });
}

function addSourceOptions(command: Command): Command {
  return command
    .option('--file <path>', 'these files and no others; wildcards, also again', collect)
    .option('--unit <unit>', 'the journal of this systemd unit');
}

function addFormatOptions(command: Command): Command {
  return command
    .option('--template <text>', "such as '{time} {host} {source} {line}'")
    .option('--time-format <format>', "how times look: '%d.%m.%Y %T' (strptime)")
    .option('--time-field <name>', 'member of JSON lines that has the time')
    .option('--no-mask', 'show secrets of the configuration, not their names');
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function parseCount(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}
