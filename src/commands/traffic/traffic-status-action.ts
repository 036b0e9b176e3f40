import type { Command } from 'commander';
import { KuafuError, sentenceOf } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { jsonText } from '../../lib/json-text.js';
import { balancersOf } from '../../lib/traffic/traffic-facts.js';
import { isTrafficFinding, readTraffic, type TrafficAnswer } from '../../lib/traffic/traffic-status.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { withCommand } from '../../lib/ui/frame/command-line.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { type DeadServices, trafficAdvice } from '../../lib/ui/inventory/traffic-advice.js';
import { renderTraffic, type TrafficReport, trafficDocument } from '../../lib/ui/inventory/traffic-view.js';
import { readDead } from '../../lib/unit/dead-services.js';
import { withNotStarted } from '../../lib/unit/not-started.js';
import { openReadConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { type PlaceFlags, placesOf, type TrafficPlace } from './traffic-places.js';

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
  const { inventory, ledger } = context;
  const keptOut = await ledger.keptOut();
  const connections = await openReadConnections(context);
  const answers: TrafficAnswer[] = [];
  const dead = new Map<string, readonly string[]>();
  const silent: TrafficReport['silent'][number][] = [];
  const asked = places.flatMap(({ app, room }) =>
    (balancersOf(app, room, inventory) ?? []).map((balancer) => ({ app, room, balancer })),
  );
  try {
    const ends = await Promise.allSettled(
      asked.map(async ({ app, room, balancer }) =>
        readTraffic(app, room, balancer, inventory, connections, keptOut),
      ),
    );
    const answered: TrafficAnswer[] = [];
    for (const [index, end] of ends.entries()) {
      const about = asked[index];
      if (end.status === 'fulfilled') answered.push(end.value);
      else if (!(end.reason instanceof KuafuError) || about === undefined) throw end.reason;
      else
        silent.push({
          app: about.app.name,
          room: about.room,
          balancer: about.balancer.name,
          message: sentenceOf(end.reason),
        });
    }
    for (const { app, room } of places) {
      const here = answered.filter((answer) => answer.app === app.name && answer.room === room);
      const told = await withNotStarted(here, app, inventory, connections, ledger);
      answers.push(...told);
      const those = await readDead(told, app, inventory, connections);
      dead.set(app.name, [...(dead.get(app.name) ?? []), ...those]);
    }
  } finally {
    await connections.close();
  }
  return { report: { answers, silent }, dead };
}

function exitCodeOf({ answers, silent }: TrafficReport): ExitCode {
  if (answers.length === 0) return ExitCode.unreachable;
  return silent.length > 0 || answers.some(isTrafficFinding) ? ExitCode.finding : ExitCode.done;
}
