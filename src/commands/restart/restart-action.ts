import type { Command } from 'commander';
import { type SelectionWords, selectionWords } from '../../lib/inventory/selection.js';
import { readRestartFacts } from '../../lib/restart/restart-facts.js';
import { planRestart } from '../../lib/restart/restart-plan.js';
import { parseRestartRequest } from '../../lib/restart/restart-request.js';
import { openPlanConnections } from '../connections.js';
import { openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { planHint, propose } from '../propose.js';
import { whichApp } from '../which-app.js';

export interface RestartFlags extends SelectionWords {
  readonly batch?: string;
  readonly window?: string;
  readonly keep?: string;
  readonly drain?: string;
  readonly maxFailed?: string;
  readonly maxUnreachable?: string;
  readonly maxUnhealthy?: string;
  readonly checksum?: string;
}

/** `kuafu restart`: request → facts → plan → confirm → run. */
export async function restart(
  nodeSets: readonly string[],
  flags: RestartFlags,
  command: Command,
): Promise<void> {
  const { batch, window, keep, drain, checksum } = flags;
  const budgets = {
    failed: flags.maxFailed,
    unreachable: flags.maxUnreachable,
    unhealthy: flags.maxUnhealthy,
  };
  const selected = selectionWords(nodeSets, flags);
  const context = await openContext(command, 'unneeded');
  try {
    const app = await whichApp(selected, context, command);
    const words = { ...selected, app, batch, window, keep, drain, budgets };
    const request = parseRestartRequest(words, context.config, context.inventory);
    const connections = await openPlanConnections(context);
    try {
      const facts = await whilePlanning('kuafu restart', () =>
        readRestartFacts(request, context.inventory, connections, context.ledger),
      );
      const plan = planRestart(request, facts);
      const refusedHint = planHint(command, context.options, plan);
      await propose({ plan, checksum, refusedHint }, context, connections);
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}
