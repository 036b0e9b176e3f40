import type { Gate } from '../../lib/database/gate.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out, sayWhole } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { renderGates } from '../../lib/ui/inventory/gates-view.js';
import type { Context } from '../context.js';

/** Before the plan, because they are what the operator confirms it by. */
export function showGates(gates: readonly Gate[], { options }: Context): void {
  const isQuiet = options.yes && !options.dryRun && gates.every(({ ok }) => ok);
  if (gates.length === 0 || options.json || isQuiet) return;
  const print = options.dryRun ? out : sayWhole;
  const width = options.dryRun ? stdoutColumns() : stderrColumns();
  print(`${renderGates(gates, { width, paint: painter(options.dryRun ? 'stdout' : 'stderr') })}\n`);
}
