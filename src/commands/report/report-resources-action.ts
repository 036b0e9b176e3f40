import type { Command } from 'commander';
import { ExitCode } from '../../lib/exit-codes.js';
import {
  type Selection,
  type SelectionWords,
  selectHosts,
  selectionWords,
} from '../../lib/inventory/selection.js';
import { jsonText } from '../../lib/json-text.js';
import { parsePositive, parseSample, parseShare } from '../../lib/report/amounts.js';
import { placesOf, wantedOf } from '../../lib/report/places.js';
import { type HostUse, resourceFindings, type Thresholds, versionsOf } from '../../lib/report/resources.js';
import { readWaiting, startCommands, withoutWaiting } from '../../lib/report/waiting.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { withCommand } from '../../lib/ui/frame/command-line.js';
import { out, remark } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import {
  type ResourceReport,
  renderResources,
  renderResourcesCsv,
  renderResourcesPage,
  resourcesDocument,
} from '../../lib/ui/report/resource-use-view.js';
import { type Context, openContext } from '../context.js';
import { readHostsLive } from '../read-hosts.js';
import { checkOutput, type ReportOutput, writePage } from './report-output.js';

export interface ResourcesFlags extends SelectionWords, ReportOutput {
  readonly byHost?: boolean;
  readonly maxCpu: string;
  readonly maxLoad: string;
  readonly maxMemory: string;
  readonly maxDisk: string;
  readonly maxInodes: string;
  readonly sample: string;
}

const EXAMPLE = 'kuafu report resources @app:shop';

/** `kuafu report resources` */
export async function reportResources(
  nodeSets: readonly string[],
  flags: ResourcesFlags,
  command: Command,
): Promise<void> {
  const thresholds = thresholdsOf(flags);
  const sampleMs = parseSample(flags.sample);
  const words = selectionWords(nodeSets, flags);
  const context = await openContext(command, 'unneeded', 'read');
  try {
    checkOutput(flags, context.options.json);
    const { uses, waiting, interrupted } = await ask(words, sampleMs, context);
    const findings = withoutWaiting(resourceFindings(uses, thresholds), waiting);
    const report = { at: new Date().toISOString(), sampleMs, thresholds, hosts: uses, findings };
    const exitCode = exitCodeOf(report, interrupted);
    process.exitCode = exitCode;
    await show(report, flags, context.options.json, exitCode);
    for (const start of startCommands(waiting))
      remark(withCommand('installed and not started yet:', start, stderrColumns()));
  } finally {
    await context.ledger.close();
  }
}

async function ask(words: Selection, sampleMs: number, context: Context) {
  const { config, inventory, ledger } = context;
  const isAnySaid = Object.values(words).some((word) => word !== undefined);
  const hosts = isAnySaid ? selectHosts(words, inventory, EXAMPLE) : inventory.inUse({});
  const places = placesOf(config, inventory);
  const appsOf = (host: string) =>
    [...new Set(places.get(host)?.map(({ app }) => app))].flatMap((name) => config.apps.get(name) ?? []);
  const wanted = ({ name }: { readonly name: string }) => wantedOf(appsOf(name));
  const { answers, interrupted } = await readHostsLive(hosts, context, { sampleMs, wanted });
  const uses = answers.map((answer): HostUse => {
    const versions = versionsOf(answer.reading, appsOf(answer.host));
    return { ...answer, places: places.get(answer.host) ?? [], versions };
  });
  const waiting = await readWaiting(answers, config, inventory, ledger);
  return { uses, waiting, interrupted };
}

function thresholdsOf({ maxCpu, maxLoad, maxMemory, maxDisk, maxInodes }: ResourcesFlags): Thresholds {
  return {
    cpu: parseShare(maxCpu, '--max-cpu'),
    load: parsePositive(maxLoad, '--max-load'),
    memory: parseShare(maxMemory, '--max-memory'),
    disk: parseShare(maxDisk, '--max-disk'),
    inodes: parseShare(maxInodes, '--max-inodes'),
  };
}

function exitCodeOf({ hosts, findings }: ResourceReport, interrupted: boolean): ExitCode {
  if (interrupted) return ExitCode.interrupted;
  if (hosts.every(({ status }) => status === 'unreachable')) return ExitCode.unreachable;
  return findings.length > 0 ? ExitCode.finding : ExitCode.done;
}

async function show(
  report: ResourceReport,
  flags: ResourcesFlags,
  json: boolean,
  exitCode: ExitCode,
): Promise<void> {
  if (json) out(jsonText(resourcesDocument(report, exitCode)));
  else if (flags.csv === true) out(renderResourcesCsv(report));
  else {
    const view = { width: stdoutColumns(), paint: painter('stdout') };
    out(renderResources(report, flags.byHost === true, view));
    if (flags.byHost !== true) remark('the highest of the hosts; --by-host shows each');
  }
  if (flags.html !== undefined) await writePage(flags.html, await renderResourcesPage(report));
}
