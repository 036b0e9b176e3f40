import { type Command, Option } from 'commander';
import { addSelectionOptions, SELECTION_HELP } from '../selection.js';
import type { ExecFlags, ExecWords } from './exec-action.js';

export function registerExec(program: Command, argv: readonly string[]): void {
  const exec = program
    .command('exec [words...]')
    .usage('[nodeset] [options] -- command')
    .summary('one command on many hosts, equal output shown once')
    .description(
      'Runs a command on many hosts at once and shows equal output once, under the hosts that gave it. A single ' +
        'word after -- is a line of the shell (sh) as it stands, several words are a program and its arguments.',
    );
  addSelectionOptions(exec)
    .addOption(new Option('--timeout <time>', 'how long the command may take on a host').default('5m', '5m'))
    .option('--stdin', 'send what comes on standard input to the command on each host')
    .option('--stream', 'show lines as they come, each behind the name of its host')
    .option('--diff', 'show who differs from the majority, and how; exit code 1')
    .option('--out-dir <folder>', 'write what each host puts out to HOST.out and HOST.err')
    .option('--no-mask', 'show secrets of the configuration, and write them to files')
    .addHelpText(
      'after',
      `${SELECTION_HELP}

The login may take connectTimeout of the configuration, or --timeout where that
is shorter. A key on the terminal, or SIGUSR1, tells who is pending. The first
Ctrl-C begins nothing more, the second cuts off what runs. A command has ended
when its shell has: a process that it leaves running with its output is said.

Of a single host lines are shown as they come; of several, outputs are kept and
shown at the end, equal ones once, unless --stream is given.

--stdin reads to the end, 64 MiB at most, before the first command begins, and
sends the same to all. Without it, commands find their standard input empty.

Secrets of the configuration are shown by their names, [SHOP_DB_PASSWORD]: on
the screen, in JSON and in the files of --out-dir.

Exit codes: 0 every host ended with 0 · 1 differences (--diff) · 4 some failed
or were not reached · 5 no host was reached · 130 interrupted

Examples:
  kuafu exec @app:shop -- systemctl is-active shop
  kuafu exec web-b-[01-20] -- 'df -h / | tail -1'
  kuafu exec --app shop --idc B --diff -- cat /etc/shop/env
  kuafu exec @app:shop --stdin -- 'cat > /etc/motd' < motd
  kuafu exec @app:shop --stream -- journalctl -fu shop
  kuafu exec @all --out-dir dmesg -- dmesg`,
    )
    .action(async (words: readonly string[], flags: ExecFlags, command: Command) => {
      const { exec } = await import('./exec-action.js');
      await exec(splitWords(words, argv), flags, command);
    });
}

/** commander drops the `--` and gives the words on both sides of it as one list. */
function splitWords(words: readonly string[], argv: readonly string[]): ExecWords {
  const dashes = argv.indexOf('--');
  const behind = dashes === -1 ? [] : argv.slice(dashes + 1);
  return { nodeSets: words.slice(0, words.length - behind.length), command: behind };
}
