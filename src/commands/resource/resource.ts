import { type Command, InvalidArgumentError, Option } from 'commander';
import { POOL_STATES } from '../../lib/inventory/pool.js';
import type { PoolFlags } from './resource-action.js';
import type { CleanFlags } from './resource-clean-action.js';
import type { ReserveFlags } from './resource-reserve-action.js';

/** The pool of spare hosts. */
export function registerResource(program: Command): Command {
  const resource = program.command('resource').summary('the pool of spare hosts');
  resource.description('Which spare hosts are free, and who has the others.');
  resource
    .command('list')
    .summary('spare hosts by room and state')
    .description('Lists spare hosts, those of which everything is equal in one row.')
    .option('--idc <room>', 'only this room')
    .option('--room <room>', 'the same as --idc')
    .addOption(new Option('--state <state>', 'only hosts in this state').choices(POOL_STATES))
    .option('--unfit', 'the same as --state unfit')
    .option('--hosts', 'one row for each host, with its address')
    .option('--csv', 'CSV on stdout, one row for each host')
    .action(async (flags: PoolFlags, command: Command) => {
      const { listPool } = await import('./resource-action.js');
      await listPool(flags, command);
    });
  registerReserve(resource);
  resource
    .command('release <hosts...>')
    .summary('put hosts back into the pool')
    .description(
      'Puts hosts back into the pool: unfit ones once they are repaired, and those that were left reserved. ' +
        'All of them or none. Whoever had reserved them by hand is told by kuafu resource list who it was. Refused for assigned hosts and hosts of an operation that runs or can be resumed.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  kuafu resource release new-b-07\n  kuafu resource release new-b-[01-04]',
    )
    .action(async (hosts: readonly string[], _flags: unknown, command: Command) => {
      const { releaseSpares } = await import('./resource-action.js');
      await releaseSpares(hosts, command);
    });
  registerClean(resource);
  return resource;
}

function registerClean(resource: Command): void {
  resource
    .command('clean <hosts...>')
    .summary('take away what kuafu has brought to a spare, and put it back')
    .description(
      'Cleans spares that were given up: unfit ones, and those on which a closed operation left a half-made copy, keys or ' +
        'spools. Each leaves the balancers that know it, its service stops, and what kuafu brought goes, with the ' +
        'environment file; it says what was removed and what stays. Then the host is free. Refused for a host that serves, ' +
        'that a balancer sends requests to, or whose operation runs or can go on.',
    )
    .option('--checksum <sum>', 'run the plan of an earlier --dry-run, unasked; refused if it has changed')
    .addHelpText(
      'after',
      '\nExamples:\n  kuafu resource clean new-b-07\n  kuafu resource clean new-b-[01-04] --dry-run',
    )
    .action(async (hosts: readonly string[], flags: CleanFlags, command: Command) => {
      const { cleanSpares } = await import('./resource-clean-action.js');
      await cleanSpares(hosts, flags, command);
    });
}

function registerReserve(resource: Command): void {
  resource
    .command('reserve [hosts...]')
    .summary('keep spare hosts for yourself for a while')
    .description(
      'Reserves spare hosts by hand: these, or so many of a room. All of them or none. No operation takes them, not ' +
        'even your own, until you release them or the time is over; then they are free by themselves. Reserving ' +
        'them again by name sets a new time.',
    )
    .addOption(new Option('--count <n>', 'so many free ones, with --idc').argParser(parseCount))
    .option('--idc <room>', 'room of those')
    .option('--room <room>', 'the same as --idc')
    .addOption(new Option('--for <time>', 'how long, such as 90m, 2h or 3d').default('8h'))
    .option('--note <text>', 'what for; others see it')
    .addHelpText(
      'after',
      '\nExamples:\n  kuafu resource reserve new-b-[01-04] --for 2h --note "drill rehearsal"\n  kuafu resource reserve --count 4 --idc B',
    )
    .action(async (hosts: readonly string[], flags: ReserveFlags, command: Command) => {
      const { reserveSpares } = await import('./resource-reserve-action.js');
      await reserveSpares(hosts, flags, command);
    });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d{1,5}$/.test(text) || count < 1) throw new InvalidArgumentError('It is a whole number from 1.');
  return count;
}
