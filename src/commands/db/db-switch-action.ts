import type { Command } from 'commander';
import { readSwitchFacts } from '../../lib/database/facts.js';
import { parseDatabaseSwitch } from '../../lib/database/request.js';
import { type ProposedSwitch, planDatabaseSwitch } from '../../lib/database/switch-plan.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out, sayWhole } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { renderGates } from '../../lib/ui/inventory/gates-view.js';
import { openPlanConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { proposeUnlessDone } from '../propose.js';

export interface DbSwitchFlags {
  readonly to?: string;
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

/** Before the plan, because they are what the operator confirms it by. */
function showGates(gates: ProposedSwitch['gates'], { options }: Context): void {
  const isQuiet = options.yes && !options.dryRun && gates.every(({ ok }) => ok);
  if (gates.length === 0 || options.json || isQuiet) return;
  const print = options.dryRun ? out : sayWhole;
  const width = options.dryRun ? stdoutColumns() : stderrColumns();
  print(`${renderGates(gates, { width, paint: painter(options.dryRun ? 'stdout' : 'stderr') })}\n`);
}
