import type { Command } from 'commander';
import type { ScaleFlags } from './scale-action.js';

export function registerScale(program: Command): void {
  program
    .command('scale')
    .summary('fill a room with new application hosts from a template host')
    .description(
      'One-key expansion: reserves spare hosts of a room, prepares them, copies the application from a template ' +
        'host, writes the environment of the room, starts, checks health and joins traffic. A spare that fails is ' +
        'set aside and the next one takes its place, until a budget is exhausted: then no further host is begun.\n\n' +
        'Without the flags, on a terminal, it asks.\n\n--undo takes the hosts of an expansion out again: out of traffic first, ' +
        'all of them; then each stops, loses what was put on it and returns to the pool.\n\n--to is the size that the group is to have ' +
        'in the room. Where it must shrink, the youngest hosts go, as by an undo, but none that the configuration declares, ' +
        'and never so many that fewer than --keep would serve.',
    )
    .option('--app <name>', 'application')
    .option('--group <name>', 'group of the application')
    .option('--idc <room>', 'room that gets the new hosts')
    .option('--room <room>', 'the same as --idc')
    .option('--count <n>', 'how many hosts')
    .option('--template-ip <address>', 'host that the application is copied from')
    .option('--init <name>', 'init template that prepares a bare host (default: base)')
    .option('--start', 'start the service, check health and join traffic')
    .option('--no-start', 'install and leave stopped (default)')
    .option('--one-hop', 'copy by way of this machine, where hosts may not log in on each other')
    .option('--replace', 'delete what is at the paths of the app on a new host and was not brought by kuafu')
    .option('--limit-rate <bytes>', 'most that a host, or this machine, gives on a second, such as 20M')
    .option(
      '--batch <sizes>',
      'batches, such as 1,5,20%: each joins before the next begins, the last size repeats',
    )
    .option('--max-failed <n>', 'budget: hosts that may fail, a number or % (default: 25%, at least 5)')
    .option('--max-unreachable <n>', 'budget: hosts that may be out of reach (likewise)')
    .option('--max-unhealthy <n>', 'budget: hosts that may never get healthy (likewise)')
    .option('--to <n>', 'so many hosts in the end: expands by the difference, or takes the youngest out')
    .option('--keep <n>', 'with --to: hosts that must serve, a number or % of those there are (default: 50%)')
    .option('--undo <id>', 'take the hosts of this expansion out again')
    .option('--to-zero', 'with --undo: even when no host is left in traffic')
    .option('--checksum <sum>', 'run the plan of an earlier --dry-run, unasked; refused if it has changed')
    .addHelpText(
      'after',
      `
Examples:
  kuafu scale                            asks the seven questions
  kuafu scale --app shop --group web --idc B --count 20 \\
      --template-ip 198.18.1.11 --start
  kuafu scale … --batch 1,5,20% --max-unhealthy 0
                                         one first; stops at a host that
                                         does not get healthy
  kuafu scale --to 6 --app shop --group web --idc B
                                         so many hosts, up or down
  kuafu scale --undo 261123-k3f9         takes its hosts out again
  kuafu scale … --dry-run                shows the plan, changes nothing
  kuafu scale … --yes --json             for cron and CI`,
    )
    .action(async (given: ScaleFlags, command: Command) => {
      if (given.undo !== undefined) {
        const { undoScale } = await import('./scale-undo-action.js');
        return await undoScale(given.undo, given, command);
      }
      if (given.to !== undefined) {
        const { scaleTo } = await import('./scale-to-action.js');
        return await scaleTo(given.to, given, command);
      }
      const { scale } = await import('./scale-action.js');
      await scale(given, command);
    });
}
