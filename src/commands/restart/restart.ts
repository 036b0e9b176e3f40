import type { Command } from 'commander';
import { addSelectionOptions, SELECTION_HELP } from '../selection.js';
import type { RestartFlags } from './restart-action.js';

export function registerRestart(program: Command): void {
  const restart = program
    .command('restart [nodesets...]')
    .usage('[nodeset] [options]')
    .summary('rolling restart: out of traffic, stop, start, healthy, back in')
    .description(
      'Restarts an application host by host while users are served. Each host leaves traffic, ends its requests, ' +
        'stops, starts, passes the health check and joins again. Of a group in a room one host is out at a time unless ' +
        '--batch or --window say more; the rooms follow one another, so one of them is always whole.\n\n' +
        'Right before a host leaves, the others are counted, by the balancer and by their health: when fewer than ' +
        '--keep would serve, it waits and then stops. A host that fails stays out of traffic, and no other is begun ' +
        'unless a budget allows for it.',
    );
  addSelectionOptions(restart)
    .option('--batch <sizes>', 'batches, such as 1,5,20%: each ends before the next begins')
    .option('--window <n>', 'at most so many hosts out at once; the next begins when one is back')
    .option('--keep <n>', 'hosts of a group in a room that must serve, a number or % (default: 50%)')
    .option('--drain <time>', 'how long requests may take to end (default: 30s)')
    .option('--max-failed <n>', 'budget: hosts that may fail, a number or % (default: 0)')
    .option('--max-unreachable <n>', 'budget: hosts that may be out of reach (likewise)')
    .option('--max-unhealthy <n>', 'budget: hosts that may never get healthy (likewise)')
    .option('--checksum <sum>', 'run the plan of an earlier --dry-run, unasked; refused if it has changed')
    .addHelpText(
      'after',
      `${SELECTION_HELP}

The first Ctrl-C lets hosts that are out come back, and begins no other.

Examples:
  kuafu restart --app shop --idc B           one host at a time
  kuafu restart --app shop --batch 1,25% --keep 70%
                                             one first, then quarters
  kuafu restart --app shop --window 3        three out at any time
  kuafu restart web-b-07                     the application of that host
  kuafu restart '@idc:B!web-b-07' --app shop all of room B but one
  kuafu restart --app shop --dry-run         shows the plan, changes nothing`,
    )
    .action(async (nodeSets: readonly string[], flags: RestartFlags, command: Command) => {
      const { restart } = await import('./restart-action.js');
      await restart(nodeSets, flags, command);
    });
}
