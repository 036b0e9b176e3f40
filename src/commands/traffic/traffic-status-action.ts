import type { Command } from 'commander';
import { KuafuError, sentenceOf } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { jsonText } from '../../lib/json-text.js';
import type { KeptOut } from '../../lib/ledger/ledger.js';
import { readKeptOut } from '../../lib/ledger/read-assigned.js';
import { balancersOf } from '../../lib/traffic/traffic-facts.js';
import { isTrafficFinding, readTraffic, type TrafficAnswer } from '../../lib/traffic/traffic-status.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import {
  renderTraffic,
  repairCommands,
  type TrafficReport,
  trafficDocument,
} from '../../lib/ui/inventory/traffic-view.js';
import { type HostContext, openConnectionsFor, openHostContext } from '../context.js';
import type { TrafficFlags } from './traffic.js';
import { placesOf, type TrafficPlace } from './traffic-places.js';

/** `kuafu traffic status` */
export async function showTraffic(flags: TrafficFlags, command: Command): Promise<void> {
  const context = await openHostContext(command);
  const keptOut = await readKeptOut(context.config);
  const report = await ask(placesOf(flags, context.config), keptOut, context);
  const exitCode = exitCodeOf(report);
  process.exitCode = exitCode;
  if (context.options.json) return out(jsonText(trafficDocument(report, exitCode)));
  out(renderTraffic(report, { width: stdoutColumns(), paint: painter('stdout') }));
  const repairs = repairCommands(report);
  if (repairs.length > 0)
    say(
      ['bring back those that are missing (kuafu start, where the service never ran):', ...repairs].join(
        '\n  ',
      ),
    );
}

async function ask(
  places: readonly TrafficPlace[],
  keptOut: readonly KeptOut[],
  context: HostContext,
): Promise<TrafficReport> {
  const { inventory } = context;
  const connections = await openConnectionsFor(context);
  const answers: TrafficAnswer[] = [];
  const silent: TrafficReport['silent'][number][] = [];
  const asked = places.flatMap(({ app, room }) =>
    (balancersOf(app, room, inventory) ?? []).map((balancer) => ({ app, room, balancer })),
  );
  try {
    const ends = await Promise.allSettled(
      asked.map(({ app, room, balancer }) =>
        readTraffic(app, room, balancer, inventory, connections, keptOut),
      ),
    );
    for (const [index, end] of ends.entries()) {
      const about = asked[index];
      if (end.status === 'fulfilled') answers.push(end.value);
      else if (!(end.reason instanceof KuafuError) || about === undefined) throw end.reason;
      else
        silent.push({
          app: about.app.name,
          room: about.room,
          balancer: about.balancer.name,
          message: sentenceOf(end.reason),
        });
    }
  } finally {
    await connections.close();
  }
  return { answers, silent };
}

function exitCodeOf({ answers, silent }: TrafficReport): ExitCode {
  if (answers.length === 0) return ExitCode.unreachable;
  return silent.length > 0 || answers.some(isTrafficFinding) ? ExitCode.finding : ExitCode.done;
}
