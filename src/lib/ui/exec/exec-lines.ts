import { groupEnds } from '../../fanout/group.js';
import type { LiveLine, OutputStream } from '../../fanout/live-lines.js';
import type { HostOutcome } from '../../fanout/outcome.js';
import { fold } from '../../names/fold.js';
import { type ChalkInstance, painter, plain } from '../frame/colour.js';
import { pour } from '../frame/output.js';
import { harmless } from '../logs/log-lines.js';
import { endOf } from './exec-view.js';

/** Lines of a host as they come: `web-b-01: line`. Lines of its stderr, as `web-b-01 (stderr): line`, go to stderr. */
export async function pourLines(
  host: string,
  stream: OutputStream,
  lines: readonly LiveLine[],
): Promise<void> {
  await pour(renderLines(host, stream, lines, painter(stream)), process[stream]);
}

export function renderLines(
  host: string,
  stream: OutputStream,
  lines: readonly LiveLine[],
  paint: ChalkInstance = plain,
): string {
  const name = stream === 'stdout' ? paint.cyan(`${host}:`) : paint.yellow(`${host} (stderr):`);
  return lines.map((line) => `${name} ${harmless(line)}\n`).join('');
}

/** How the hosts with live output ended: `exit 3: web-b-[01,05]`; empty if all succeeded. */
export function renderEnds(outcomes: readonly HostOutcome[], paint: ChalkInstance = plain): string {
  return groupEnds(outcomes)
    .map((end) => ({ ...end, word: endOf(end) }))
    .filter(({ word }) => word !== '')
    .map(({ hosts, word }) => paint.red(`${word}: ${fold(hosts)}`))
    .join('\n');
}
