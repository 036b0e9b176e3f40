import type { Command } from 'commander';
import { type SelectionWords, selectionWords } from '../../lib/inventory/selection.js';
import { parseRestartRequest } from '../../lib/restart/restart-request.js';
import { readStartFacts } from '../../lib/start/start-facts.js';
import { planStart } from '../../lib/start/start-plan.js';
import { openPlanConnections } from '../connections.js';
import { openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { planHint, proposeUnlessDone } from '../propose.js';
import { whichApp } from '../which-app.js';

export interface StartFlags extends SelectionWords {
  readonly batch?: string;
  readonly window?: string;
  readonly maxFailed?: string;
  readonly maxUnreachable?: string;
  readonly maxUnhealthy?: string;
  readonly checksum?: string;
}

/** `kuafu start`: request → facts → plan → confirm → run. */
export async function start(nodeSets: readonly string[], flags: StartFlags, command: Command): Promise<void> {
  const { batch, window, checksum } = flags;
  const budgets = {
    failed: flags.maxFailed,
    unreachable: flags.maxUnreachable,
    unhealthy: flags.maxUnhealthy,
  };
  const selected = selectionWords(nodeSets, flags);
  const context = await openContext(command, 'unneeded');
  const { config, inventory, ledger } = context;
  try {
    const words = { ...selected, app: await whichApp(selected, context, command), batch, window, budgets };
    const request = parseRestartRequest(words, config, inventory);
    const connections = await openPlanConnections(context);
    try {
      const facts = await whilePlanning('kuafu start', () =>
        readStartFacts(request, inventory, connections, ledger),
      );
      const plan = planStart(request, facts, selected.nodeSets !== undefined);
      const done = 'what is installed there runs, and is in traffic where it should be';
      const refusedHint = planHint(command, context.options, plan);
      await proposeUnlessDone({ plan, checksum, refusedHint, done }, context, connections);
    } finally {
      await connections.close();
    }
  } finally {
    await ledger.close();
  }
}
