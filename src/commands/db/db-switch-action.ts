import type { Command } from 'commander';
import { readSwitchFacts } from '../../lib/database/facts.js';
import { parseDatabaseSwitch } from '../../lib/database/request.js';
import { planDatabaseSwitch } from '../../lib/database/switch-plan.js';
import { openPlanConnections } from '../connections.js';
import { openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { proposeUnlessDone } from '../propose.js';
import { showGates } from './show-gates.js';

export interface DbSwitchFlags {
  readonly to?: string;
  readonly force?: boolean;
  readonly withoutFence?: boolean;
  readonly checksum?: string;
}

/** `kuafu db switch [DATABASE] --to ROOM`: request → facts → gates and plan → confirm → run. */
export async function switchDatabase(
  name: string | undefined,
  { to, checksum }: DbSwitchFlags,
  command: Command,
): Promise<void> {
  const context = await openContext(command, 'unneeded');
  try {
    const request = parseDatabaseSwitch(name, to, context.config);
    const connections = await openPlanConnections(context);
    try {
      const facts = await whilePlanning('kuafu db switch', () =>
        readSwitchFacts(request, { ...context, connections }, context.ledger),
      );
      const { plan, gates, hint } = planDatabaseSwitch(request, facts);
      showGates(gates, context);
      const done = `the primary of ${request.database.name} is ${request.to} already`;
      await proposeUnlessDone(
        { plan, checksum, evidence: gates, refusedHint: hint, done },
        context,
        connections,
      );
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}
