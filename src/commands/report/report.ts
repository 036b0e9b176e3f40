import { type Command, Option } from 'commander';
import { addSelectionOptions, SELECTION_HELP } from '../selection.js';
import type { CapacityFlags } from './report-capacity-action.js';
import type { ResourcesFlags } from './report-resources-action.js';

export function registerReport(program: Command): void {
  const report = program.command('report').summary('reports on capacity and resources');
  report.description('What is used, and whether it is enough. Reports read and change nothing.');
  registerCapacity(report);
  registerResources(report);
}

function registerCapacity(report: Command): void {
  const capacity = report
    .command('capacity')
    .summary('if a room is lost, does the other carry the load?')
    .description(
      'If a room is lost, do the others carry the load, or a peak? Judging for each group from measured use; where ' +
        'hosts are short it prints the command that adds them.',
    )
    .option('--app <name>', 'only this application')
    .option('--group <name>', 'only this group')
    .option('--lost <room>', 'only the loss of this room')
    .addOption(
      new Option('--target <share>', 'CPUs a host may keep busy once a room is lost').default('70%', '70%'),
    )
    .option('--peak <load>', 'requests of an application, as 1200/s, or x2')
    .option('--per-host <load>', 'requests that a host may carry, such as 150/s')
    .addOption(new Option('--sample <time>', 'how long to watch').default('5s', '5s'));
  addOutputOptions(capacity)
    .addHelpText(
      'after',
      `
The load of a group in all rooms must fit on the hosts of the rooms that are
left: those that were reached, whose service runs and which the balancer gives
requests. What a request costs is the CPU time of the service divided by the
requests that HAProxy counted meanwhile; a host carries as many as fill its CPUs
to the target. Where something else is the limit (a lock, a database), measure
it and give --per-host. Without a balancer CPU time alone counts. Where no load
was measured, it cannot be judged without --peak and --per-host. A room without
any host in service is always short of one.

Exit codes: 0 the rooms that are left carry it, or no load was measured · 1 some
are short, or it cannot be told: hosts were not read, or a peak was asked for
and no load was measured · 5 no host was reached · 130 interrupted

Examples:
  kuafu report capacity
  kuafu report capacity --app shop --peak x2 --html capacity.html
  kuafu report capacity --lost A --peak 1200/s --per-host 150/s`,
    )
    .action(async (flags: CapacityFlags, command: Command) => {
      const { reportCapacity } = await import('./report-capacity-action.js');
      await reportCapacity(flags, command);
    });
}

function registerResources(report: Command): void {
  const resources = report
    .command('resources [nodesets...]')
    .summary('CPU, memory, disk, load, versions; what is above a threshold')
    .description(
      'CPU, load, memory, disk, inodes, failed units and versions of hosts in use, by group and room. Whatever is ' +
        'above a threshold, failed, silent or of another version than most is a finding.',
    );
  const threshold = (flag: string, what: string, value: string) =>
    resources.addOption(new Option(flag, what).default(value, value));
  addSelectionOptions(resources);
  threshold('--max-cpu <share>', 'busy share of all CPUs', '85%');
  threshold('--max-load <load>', 'load of the last minute per CPU', '2');
  threshold('--max-memory <share>', 'memory that is not available', '90%');
  threshold('--max-disk <share>', 'of each file system with files of the app', '85%');
  threshold('--max-inodes <share>', 'the same for inodes', '85%');
  threshold('--sample <time>', 'how long to watch the CPUs', '2s');
  resources.option('--by-host', 'one row for each host');
  addOutputOptions(resources)
    .addHelpText(
      'after',
      `${SELECTION_HELP}
Unless told, all hosts in use are read.

Exit codes: 0 nothing is above its threshold · 1 something is · 5 no host was
reached · 130 interrupted

Examples:
  kuafu report resources
  kuafu report resources @app:shop --idc B --max-disk 80% --by-host
  kuafu report resources --html resources.html`,
    )
    .action(async (nodeSets: readonly string[], flags: ResourcesFlags, command: Command) => {
      const { reportResources } = await import('./report-resources-action.js');
      await reportResources(nodeSets, flags, command);
    });
}

function addOutputOptions(command: Command): Command {
  return command
    .option('--csv', 'CSV on stdout instead of the table')
    .option('--html <file>', 'write a page with charts (mode 600); replaces an earlier report');
}
