import type { Command } from 'commander';
import { addSelectionOptions, SELECTION_HELP } from '../selection.js';
import type { StartFlags } from './start-action.js';

export function registerStart(program: Command): void {
  const start = program
    .command('start [nodesets...]')
    .usage('[nodeset] [options]')
    .summary('start and join what was installed and left stopped')
    .description(
      'Starts the service on hosts that kuafu scale --no-start has installed, or that were stopped since: starts, has the ' +
        'balancers know the host, passes the health check, and joins traffic. What runs and is in traffic is left as it is. ' +
        'A host that never gets healthy is stopped again. Whom somebody took out of traffic is started and stays out.',
    );
  addSelectionOptions(start)
    .option('--batch <sizes>', 'batches, such as 1,5,20%: each ends before the next begins')
    .option('--window <n>', 'at most so many hosts at once (default: all of a batch)')
    .option('--max-failed <n>', 'budget: hosts that may fail, a number or % (default: 0)')
    .option('--max-unreachable <n>', 'budget: hosts that may be out of reach (likewise)')
    .option('--max-unhealthy <n>', 'budget: hosts that may never get healthy (likewise)')
    .option('--checksum <sum>', 'run the plan of an earlier --dry-run, unasked; refused if it has changed')
    .addHelpText(
      'after',
      `${SELECTION_HELP}

Hosts that kuafu traffic drain keeps out are started where they are named, and
stay out until kuafu traffic ready.

Examples:
  kuafu start --app shop --group web --idc B
  kuafu start 'new-b-[01-04]' --batch 1,100%`,
    )
    .action(async (nodeSets: readonly string[], flags: StartFlags, command: Command) => {
      const { start } = await import('./start-action.js');
      await start(nodeSets, flags, command);
    });
}
