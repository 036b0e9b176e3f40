import type { Command } from 'commander';
import { readForcedFacts } from '../../lib/database/forced-facts.js';
import { planForcedSwitch } from '../../lib/database/forced-plan.js';
import { planRejoin } from '../../lib/database/rejoin-plan.js';
import { parseDatabaseRejoin, parseForcedSwitch } from '../../lib/database/request.js';
import { UsageError } from '../../lib/errors.js';
import type { DbSwitchFlags } from './db-switch-action.js';
import { alreadyThere, proposeRoles } from './propose-roles.js';

/** `kuafu db switch [DATABASE] --to ROOM --force` */
export async function forceDatabase(
  name: string | undefined,
  { to, checksum, force, withoutFence = false }: DbSwitchFlags,
  command: Command,
): Promise<void> {
  if (force !== true)
    throw new UsageError('--without-fence is for --force alone: a planned switch fences nobody');
  await proposeRoles(
    {
      name: 'kuafu db switch',
      checksum,
      parse: (config) => parseForcedSwitch(name, to, config),
      read: (request, means) => readForcedFacts(request, means, means.ledger),
      plan: (request, facts) => ({
        ...planForcedSwitch(request, facts, { withoutFence }),
        done: alreadyThere(request.database.name, request.to),
      }),
    },
    command,
  );
}

export interface DbRejoinFlags {
  readonly checksum?: string;
}

/** `kuafu db rejoin [DATABASE]` */
export async function rejoinDatabase(
  name: string | undefined,
  { checksum }: DbRejoinFlags,
  command: Command,
): Promise<void> {
  await proposeRoles(
    {
      name: 'kuafu db rejoin',
      checksum,
      parse: (config) => parseDatabaseRejoin(name, config),
      read: (request, means) => readForcedFacts(request, means, means.ledger),
      plan: planRejoin,
    },
    command,
  );
}
