import type { Command } from 'commander';
import { ExitCode } from '../../lib/exit-codes.js';
import { jsonText } from '../../lib/json-text.js';
import { isTrafficFinding, type TrafficReport } from '../../lib/traffic/traffic-status.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { withCommand } from '../../lib/ui/frame/command-line.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { type DeadServices, trafficAdvice } from '../../lib/ui/inventory/traffic-advice.js';
import { renderTraffic, trafficDocument } from '../../lib/ui/inventory/traffic-view.js';
import { readDead } from '../../lib/unit/dead-services.js';
import { readEntries, type TrafficPlace } from '../../lib/unit/read-entries.js';
import { openReadConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { type PlaceFlags, placesOf } from './traffic-places.js';

/** `kuafu traffic status` */
export async function showTraffic(flags: PlaceFlags, command: Command): Promise<void> {
  const context = await openContext(command, 'unneeded', 'read');
  try {
    const { report, dead } = await ask(placesOf(flags, context.config), context);
    show(report, dead, context);
  } finally {
    await context.ledger.close();
  }
}

function show(report: TrafficReport, dead: DeadServices, context: Context): void {
  const exitCode = exitCodeOf(report);
  process.exitCode = exitCode;
  if (context.options.json) {
    out(jsonText(trafficDocument(report, exitCode)));
    return;
  }
  out(renderTraffic(report, { width: stdoutColumns(), paint: painter('stdout') }));
  const serviceOf = (app: string) => context.config.apps.get(app)?.service ?? '';
  for (const [what, command] of trafficAdvice(report, dead, serviceOf))
    say(withCommand(what, command, stderrColumns()));
}

async function ask(
  places: readonly TrafficPlace[],
  context: Context,
): Promise<{ readonly report: TrafficReport; readonly dead: DeadServices }> {
  const { inventory } = context;
  const connections = await openReadConnections(context);
  try {
    const report = await readEntries(places, { ...context, connections });
    const dead = new Map<string, readonly string[]>();
    for (const app of new Set(places.map((place) => place.app))) {
      const own = report.answers.filter((answer) => answer.app === app.name);
      dead.set(app.name, await readDead(own, app, inventory, connections));
    }
    return { report, dead };
  } finally {
    await connections.close();
  }
}

function exitCodeOf({ answers, silent }: TrafficReport): ExitCode {
  if (answers.length === 0) return ExitCode.unreachable;
  return silent.length > 0 || answers.some(isTrafficFinding) ? ExitCode.finding : ExitCode.done;
}
