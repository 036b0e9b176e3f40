import type { Command } from 'commander';
import type { Config, DnsZone } from '../../lib/config/config-types.js';
import { healthRows } from '../../lib/dns/health-rows.js';
import { disagreements, nameRows } from '../../lib/dns/name-status.js';
import { type Extent, readZones, type ZoneReport } from '../../lib/dns/read-zones.js';
import { findStrays } from '../../lib/dns/strays.js';
import { zoneSets } from '../../lib/dns/zone-sets.js';
import { UsageError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { jsonText } from '../../lib/json-text.js';
import { didYouMean } from '../../lib/names/suggest.js';
import {
  type DnsViewOptions,
  listDocument,
  renderList,
  renderStatus,
  renderStrays,
  statusAdvice,
  statusDocument,
  strayAdvice,
  strayDocument,
} from '../../lib/ui/dns/dns-view.js';
import { healthDocument, renderHealth } from '../../lib/ui/dns/health-view.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { withCommand } from '../../lib/ui/frame/command-line.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import type { Advice } from '../../lib/ui/frame/suggested.js';
import { openReadConnections } from '../connections.js';
import { type HostContext, openHostContext } from '../context.js';

/** `kuafu dns status` */
export async function showStatus(zone: string | undefined, command: Command): Promise<void> {
  const { report, context } = await read(zone, 'names', command);
  const { silent } = report;
  const shown = { rows: nameRows(report), disagreements: disagreements(report), silent };
  const isFinding = shown.rows.some(({ state }) => state !== 'as declared') || shown.disagreements.length > 0;
  show(shown, exitCodeOf(report, isFinding), context, statusDocument, renderStatus, statusAdvice);
}

/** `kuafu dns health show` */
export async function showHealth(zone: string | undefined, command: Command): Promise<void> {
  const { report, context } = await read(zone, 'names', command);
  const found = disagreements(report);
  const shown = { rows: healthRows(report), disagreements: found, silent: report.silent };
  show(shown, exitCodeOf(report, found.length > 0), context, healthDocument, renderHealth);
}

/** `kuafu dns list` */
export async function showList(zone: string | undefined, command: Command): Promise<void> {
  const { report, context } = await read(zone, 'zone', command);
  const shown = { sets: zoneSets(report), silent: report.silent };
  show(shown, exitCodeOf(report, false), context, listDocument, renderList);
}

/** `kuafu dns check` */
export async function showStrays(zone: string | undefined, command: Command): Promise<void> {
  const { report, context } = await read(zone, 'zone', command);
  const shown = { strays: findStrays(report, context.config), silent: report.silent };
  show(shown, exitCodeOf(report, shown.strays.length > 0), context, strayDocument, renderStrays, strayAdvice);
}

async function read(zone: string | undefined, extent: Extent, command: Command) {
  const context = await openHostContext(command);
  const zones = zonesOf(zone, context.config);
  const connections = await openReadConnections(context);
  try {
    return { context, report: await readZones(zones, extent, { ...context, connections }) };
  } finally {
    await connections.close();
  }
}

function zonesOf(name: string | undefined, { dns }: Config): DnsZone[] {
  if (dns.size === 0)
    throw new UsageError(
      'the configuration has no DNS zone',
      'kuafu config docs layers shows how one is written.',
    );
  if (name === undefined) return [...dns.values()];
  const zone = dns.get(name);
  if (zone !== undefined) return [zone];
  const known = [...dns.keys()];
  throw new UsageError(
    `the configuration has no DNS zone ${name}${didYouMean(name, known)}`,
    `Zones: ${known.join(', ')}.`,
  );
}

function exitCodeOf({ answers, silent }: ZoneReport, isFinding: boolean): ExitCode {
  if (answers.length === 0) return ExitCode.unreachable;
  return isFinding || silent.length > 0 ? ExitCode.finding : ExitCode.done;
}

function show<Report>(
  report: Report,
  exitCode: ExitCode,
  { options }: HostContext,
  documentOf: (report: Report, exitCode: number) => object,
  render: (report: Report, options: DnsViewOptions) => string,
  adviceOf: (report: Report) => readonly Advice[] = () => [],
): void {
  process.exitCode = exitCode;
  if (options.json) {
    out(jsonText(documentOf(report, exitCode)));
    return;
  }
  out(render(report, { width: stdoutColumns(), paint: painter('stdout') }));
  for (const [what, command] of adviceOf(report)) say(withCommand(what, command, stderrColumns()));
}
