import { type Command, InvalidArgumentError, Option } from 'commander';
import type { OperationFilter, ShownState } from '../../lib/ledger/ledger.js';
import type { FilterFlags } from './ops-filter.js';
import type { ListFlags } from './ops-list-action.js';

const STATES = [
  'running',
  'done',
  'failed',
  'interrupted',
  'undone',
  'crashed',
  'closed',
] as const satisfies readonly ShownState[];

const LAUNCHES = [
  'terminal',
  'cron',
  'ci',
  'other',
  'resumed',
] as const satisfies readonly OperationFilter['launched'][];

/** The commands on recorded operations. Returns the `ops` command, so that other files can add to it. */
export function registerOps(program: Command): Command {
  const ops = program.command('ops').summary('the back office: every operation, and what can be resumed');
  ops.description('Every operation is on record: what, who, when, on which hosts, step by step.');
  ops.addHelpText('after', STATE_HELP);
  registerList(ops);
  registerShow(ops);
  registerStats(ops);
  registerClose(ops);
  return ops;
}

function registerList(ops: Command): void {
  const list = ops
    .command('list')
    .summary('operations, newest first')
    .description(
      'Lists operations, newest first. TIME is that in which somebody worked on it, without pauses before a resume.',
    );
  addListOptions(list)
    .option('--operator <name>', 'only those that this operator began')
    .addHelpText(
      'after',
      `${STATE_HELP}${TIME_HELP}\n\nExamples:\n  kuafu ops list --launched cron --state failed --since 7d\n  kuafu ops list --host new-b-07`,
    )
    .action(async (flags: ListFlags, command: Command) => {
      const { listOperations } = await import('./ops-list-action.js');
      await listOperations(flags, command);
    });
  const mine = ops
    .command('mine')
    .summary('the operations that I began, newest first')
    .description('Lists the operations that this operator began, newest first.');
  addListOptions(mine)
    .addHelpText('after', `${STATE_HELP}${TIME_HELP}`)
    .action(async (flags: ListFlags, command: Command) => {
      const { listMine } = await import('./ops-list-action.js');
      await listMine(flags, command);
    });
}

function registerStats(ops: Command): void {
  const stats = ops
    .command('stats')
    .summary('counts, success, times, reasons of failures, busiest hours')
    .description(
      'Statistics of operations and their steps by application and room. Times are of those that were done, and of an ' +
        'operation only while somebody worked on it; a percentile is by nearest rank, so one that was measured. Steps are counted by attempt ' +
        'and host. SUCCESS is the share of done among those that ended; STOP is interrupted, UNDO undone, LOST a step whose ' +
        'outcome is unknown.',
    );
  addFilterOptions(stats)
    .option('--operator <name>', 'only those that this operator began')
    .addHelpText(
      'after',
      `${TIME_HELP} --csv has operations\nand steps, --json also every reason and hour.\n\nExamples:\n  kuafu ops stats --since 30d\n  kuafu ops stats --app shop --idc B --kind scale`,
    )
    .action(async (flags: FilterFlags, command: Command) => {
      const { showStatistics } = await import('./ops-stats-action.js');
      await showStatistics(flags, command);
    });
}

const STATE_HELP = `
States:
  running      a process works on it
  done         every host came through
  failed       it ended, and some hosts did not come through
  interrupted  somebody stopped it (Ctrl-C)
  crashed      its process is gone, and nobody knows more than its last step
  closed       somebody gave it up for good: kuafu ops close
  undone       what it did was taken back, by itself or by kuafu scale --undo
Failed, interrupted and crashed ones can be resumed; closed and undone cannot.
`;

const TIME_HELP = `
A time is a date (2026-11-20), a date with time (2026-11-20T10:00), or how long
ago it is: 90m, 12h, 7d, 2w.`;

function addListOptions(command: Command): Command {
  return addFilterOptions(command)
    .addOption(new Option('--state <state>', 'only those in this state').choices(STATES))
    .addOption(new Option('--limit <n>', 'at most so many').argParser(parseLimit).default(20));
}

function addFilterOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--launched <how>', 'only those begun so, or that somebody resumed').choices(LAUNCHES),
    )
    .option('--kind <name>', 'only those of this kind, such as scale')
    .option('--host <nodeset>', 'only those that one of these hosts was in')
    .option('--app <name>', 'only those of this application')
    .option('--idc <room>', 'only those in this room')
    .option('--room <room>', 'the same as --idc')
    .option('--since <time>', 'only those that began at that time or later')
    .option('--until <time>', 'only those that began before; a date includes its day')
    .option('--csv', 'comma separated values on stdout');
}

function registerShow(ops: Command): void {
  ops
    .command('show <id>')
    .summary('one operation: who, when, hosts by steps with times')
    .description('Shows one operation. The id may be cut: its first or its last characters do.')
    .option('--events', 'and every event, in order; with --json each as a line of JSON, and no more')
    .addHelpText(
      'after',
      '\nExamples:\n  kuafu ops show 261123-k3f9\n  kuafu ops show k3f9 --events\n  kuafu ops show k3f9 --json\n  kuafu ops show k3f9 --json --events | jq .type',
    )
    .action(async (id: string, flags: { readonly events?: boolean }, command: Command) => {
      const { showOperation } = await import('./ops-action.js');
      await showOperation(id, flags.events ?? false, command);
    });
}

function registerClose(ops: Command): void {
  ops
    .command('close <id>')
    .summary('give up an operation that nobody runs any more')
    .description(
      'Gives an operation up for good: its locks are free again, and it can no longer be resumed. Of its reserved hosts ' +
        'those that it did not touch are free again; those on which a service may run or that may be in traffic become ' +
        'unfit, until kuafu resource release. What it did on hosts stays as it is. Refused while its process lives.',
    )
    .action(async (id: string, _flags: unknown, command: Command) => {
      const { closeOperation } = await import('./ops-action.js');
      await closeOperation(id, command);
    });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d{1,6}$/.test(text) || limit < 1) throw new InvalidArgumentError('It is a whole number from 1.');
  return limit;
}
