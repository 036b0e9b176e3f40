import type { Command } from 'commander';
import { readSwitchFacts } from '../../lib/database/facts.js';
import { parseDatabaseSwitch } from '../../lib/database/request.js';
import { planDatabaseSwitch } from '../../lib/database/switch-plan.js';
import { alreadyThere, proposeRoles } from './propose-roles.js';

export interface DbSwitchFlags {
  readonly to?: string;
  readonly force?: boolean;
  readonly withoutFence?: boolean;
  readonly checksum?: string;
}

/** `kuafu db switch [DATABASE] --to ROOM` */
export async function switchDatabase(
  name: string | undefined,
  { to, checksum }: DbSwitchFlags,
  command: Command,
): Promise<void> {
  await proposeRoles(
    {
      name: 'kuafu db switch',
      checksum,
      parse: (config) => parseDatabaseSwitch(name, to, config),
      read: (request, means) => readSwitchFacts(request, means, means.ledger),
      plan: (request, facts) => ({
        ...planDatabaseSwitch(request, facts),
        done: alreadyThere(request.database.name, request.to),
      }),
    },
    command,
  );
}
