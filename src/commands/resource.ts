import { type Command, Option } from 'commander';
import { POOL_STATES, type PoolState } from '../lib/inventory/pool.js';

export interface ResourceFlags {
  readonly idc?: string;
  readonly room?: string;
  readonly state?: PoolState;
  readonly unfit?: boolean;
  readonly hosts?: boolean;
}

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
    .action(async (flags: ResourceFlags, command: Command) => {
      const { listResources } = await import('./resource-action.js');
      await listResources(flags, command);
    });
  resource
    .command('release <hosts...>')
    .summary('put hosts back into the pool')
    .description(
      'Puts hosts back into the pool: unfit ones once they are repaired, and those that were left reserved. ' +
        'All of them or none. Refused for assigned hosts and hosts of an operation that runs or can be resumed.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  kuafu resource release new-b-07\n  kuafu resource release new-b-[01-04]',
    )
    .action(async (hosts: readonly string[], _flags: unknown, command: Command) => {
      const { releaseResources } = await import('./resource-action.js');
      await releaseResources(hosts, command);
    });
  return resource;
}
