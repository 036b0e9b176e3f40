import type { Command } from 'commander';
import { readForcedFacts } from '../../lib/database/forced-facts.js';
import { planForcedSwitch } from '../../lib/database/forced-plan.js';
import { planRejoin } from '../../lib/database/rejoin-plan.js';
import { parseDatabaseRejoin, parseForcedSwitch } from '../../lib/database/request.js';
import { UsageError } from '../../lib/errors.js';
import { openPlanConnections } from '../connections.js';
import { openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { proposeUnlessDone } from '../propose.js';
import type { DbSwitchFlags } from './db-switch-action.js';
import { showGates } from './show-gates.js';

/** `kuafu db switch [DATABASE] --to ROOM --force`: request → facts → gates and plan → confirm → run. */
export async function forceDatabase(
  name: string | undefined,
  { to, checksum, force, withoutFence = false }: DbSwitchFlags,
  command: Command,
): Promise<void> {
  if (force !== true)
    throw new UsageError('--without-fence is for --force alone: a planned switch fences nobody');
  const context = await openContext(command, 'unneeded');
  try {
    const request = parseForcedSwitch(name, to, context.config);
    const connections = await openPlanConnections(context);
    try {
      const facts = await whilePlanning('kuafu db switch', () =>
        readForcedFacts(request, { ...context, connections }, context.ledger),
      );
      const { plan, gates, hint } = planForcedSwitch(request, facts, { withoutFence });
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

export interface DbRejoinFlags {
  readonly checksum?: string;
}

/** `kuafu db rejoin [DATABASE]` */
export async function rejoinDatabase(
  name: string | undefined,
  { checksum }: DbRejoinFlags,
  command: Command,
): Promise<void> {
  const context = await openContext(command, 'unneeded');
  try {
    const request = parseDatabaseRejoin(name, context.config);
    const connections = await openPlanConnections(context);
    try {
      const facts = await whilePlanning('kuafu db rejoin', () =>
        readForcedFacts(request, { ...context, connections }, context.ledger),
      );
      const { plan, gates, hint, done } = planRejoin(request, facts);
      showGates(gates, context);
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
