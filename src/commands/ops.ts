import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ShownState } from '../lib/ledger/ledger.js';

const STATES = [
  'running',
  'done',
  'failed',
  'interrupted',
  'undone',
  'abandoned',
  'closed',
] as const satisfies readonly ShownState[];

export interface ListFlags {
  readonly mine?: boolean;
  readonly state?: ShownState;
  readonly app?: string;
  readonly idc?: string;
  readonly room?: string;
  readonly limit: number;
}

/** The back office. Returns the `ops` command, for those that add to it. */
export function registerOps(program: Command): Command {
  const ops = program.command('ops').summary('the back office: every operation, and what can be resumed');
  ops.description('Every operation is on record: what, who, when, on which hosts, step by step.');
  registerList(ops);
  registerShow(ops);
  registerClose(ops);
  return ops;
}

function registerList(ops: Command): void {
  ops
    .command('list')
    .summary('operations, newest first')
    .description('Lists operations, newest first.')
    .option('--mine', 'only those that I began')
    .addOption(new Option('--state <state>', 'only those in this state').choices(STATES))
    .option('--app <name>', 'only those of this application')
    .option('--idc <room>', 'only those in this room')
    .option('--room <room>', 'the same as --idc')
    .addOption(new Option('--limit <n>', 'at most so many').argParser(parseLimit).default(20))
    .addHelpText(
      'after',
      `
States:
  running              somebody works on it
  abandoned            its process is gone in the middle of it; can be resumed
  interrupted, failed  ended before its end; can be resumed
  done, undone         nothing is left to do
  closed               given up by kuafu ops close`,
    )
    .action(async (flags: ListFlags, command: Command) => {
      const { listOperations } = await import('./ops-action.js');
      await listOperations(flags, command);
    });
}

function registerShow(ops: Command): void {
  ops
    .command('show <id>')
    .summary('one operation: who, when, hosts by steps with times')
    .description('Shows one operation. The id may be cut: its first or its last characters do.')
    .option('--events', 'and every event, in order')
    .addHelpText(
      'after',
      '\nExamples:\n  kuafu ops show 261123-k3f9\n  kuafu ops show k3f9 --events\n  kuafu ops show k3f9 --json',
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
