import type { Command } from 'commander';
import { UsageError } from '../../lib/errors.js';
import { type Selection, selectionWords } from '../../lib/inventory/selection.js';
import { parseMaintenance } from '../../lib/maintenance/maintenance-request.js';
import { parseRestartRequest } from '../../lib/restart/restart-request.js';
import { readStartFacts } from '../../lib/start/start-facts.js';
import { planStart } from '../../lib/start/start-plan.js';
import { type Context, openConnectionsFor, openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { proposeUnlessDone } from '../propose.js';
import type { StartFlags } from './start.js';

const EXAMPLE = 'kuafu start --app shop --group web --idc B';

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
    const words = { ...selected, app: appOf(selected, context), batch, window, budgets };
    const request = parseRestartRequest(words, config, inventory);
    const connections = await openConnectionsFor(context);
    try {
      const facts = await whilePlanning('kuafu start', () =>
        readStartFacts(request, inventory, connections, ledger),
      );
      const plan = planStart(request, facts, selected.nodeSets !== undefined);
      const done = 'what is installed there runs, and is in traffic where it should be';
      const refusedHint = 'see the plan: add --dry-run';
      await proposeUnlessDone({ plan, checksum, refusedHint, done }, context, connections);
    } finally {
      await connections.close();
    }
  } finally {
    await ledger.close();
  }
}

/** The application that the hosts are of, where it is one. */
function appOf(words: Selection, { config, inventory }: Context): string {
  if (words.app !== undefined) return words.app;
  const { apps } = parseMaintenance(words, EXAMPLE, config, inventory);
  const [first, ...others] = apps.map(({ app }) => app.name);
  if (first !== undefined && others.length === 0) return first;
  throw new UsageError(
    `which application? These hosts are of ${[first, ...others].join(', ')}: name it with --app`,
    `for example ${EXAMPLE}`,
  );
}
