import type { Command } from 'commander';
import type { AppConfig, Config } from '../../lib/config/config-types.js';
import { UsageError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { parseApp } from '../../lib/inventory/known-names.js';
import { poolOf } from '../../lib/inventory/pool.js';
import { jsonText } from '../../lib/json-text.js';
import type { Host } from '../../lib/names/host.js';
import { didYouMean } from '../../lib/names/suggest.js';
import { parsePeak, parseRequests, parseSample, parseShare } from '../../lib/report/amounts.js';
import { type BackendAnswer, loadsByRoom, readBackends } from '../../lib/report/backend-load.js';
import { type CapacityQuestion, type GroupLoad, judgeCapacity } from '../../lib/report/capacity.js';
import { groupLoad, tellWaiting } from '../../lib/report/capacity-loads.js';
import { type CapacityReport, idleNotes, isFinding } from '../../lib/report/capacity-report.js';
import { wantedOf } from '../../lib/report/places.js';
import type { HostAnswer } from '../../lib/report/read-hosts.js';
import { remediesFor } from '../../lib/report/remedy.js';
import { readWaiting } from '../../lib/report/waiting.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out, remark, say } from '../../lib/ui/frame/output.js';
import { stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { capacityDocument } from '../../lib/ui/report/capacity-json.js';
import {
  modelSentence,
  renderCapacity,
  renderCapacityCsv,
  renderNotes,
} from '../../lib/ui/report/capacity-view.js';
import { openReadConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { readHostsLive } from '../read-hosts.js';
import { checkOutput, type ReportOutput, writePage } from './report-output.js';

export interface CapacityFlags extends ReportOutput {
  readonly app?: string;
  readonly group?: string;
  readonly lost?: string;
  readonly target: string;
  readonly peak?: string;
  readonly perHost?: string;
  readonly sample: string;
}

/** `kuafu report capacity` */
export async function reportCapacity(flags: CapacityFlags, command: Command): Promise<void> {
  const question = questionOf(flags);
  const sampleMs = parseSample(flags.sample);
  const context = await openContext(command, 'unneeded', 'read');
  try {
    checkOutput(flags, context.options.json);
    const pairs = wantedGroups(flags, context.config);
    const lost = lostRooms(flags, [...context.config.rooms.keys()]);
    const measured = await measure(pairs, context, sampleMs);
    const report = await reportOf(measured, { question, sampleMs, lost, group: flags.group }, context);
    const exitCode = exitCodeOf(report, measured);
    process.exitCode = exitCode;
    await show(report, flags, context, exitCode);
  } finally {
    await context.ledger.close();
  }
}

function questionOf({ target, perHost, peak }: CapacityFlags): CapacityQuestion {
  return {
    target: parseShare(target, '--target'),
    ...(perHost === undefined ? {} : { perHost: parseRequests(perHost, '--per-host') }),
    ...(peak === undefined ? {} : { peak: parsePeak(peak) }),
  };
}

type Pair = readonly [app: AppConfig, group: string];

/** All groups of the chosen applications: the peak of an application counts all its groups. */
function wantedGroups({ app, group }: CapacityFlags, config: Config): Pair[] {
  const apps = app === undefined ? [...config.apps.values()] : [parseApp(app, config)];
  const pairs = apps.flatMap((each) => [...each.groups.keys()].map((name): Pair => [each, name]));
  const known = pairs.map(([, name]) => name);
  if (group !== undefined && !known.includes(group))
    throw new UsageError(
      `there is no group ${JSON.stringify(group)}${didYouMean(group, known)}`,
      `known: ${[...new Set(known)].join(', ')}`,
    );
  if (pairs.length > 0) return pairs;
  throw new UsageError(
    'no application has a group of hosts',
    'kuafu config docs apps shows how they are written',
  );
}

function lostRooms({ lost }: CapacityFlags, rooms: readonly string[]): readonly string[] {
  if (lost === undefined) return rooms;
  if (rooms.includes(lost)) return [lost];
  throw new UsageError(
    `there is no room ${JSON.stringify(lost)}${didYouMean(lost, rooms)}`,
    `rooms: ${rooms.join(', ')}`,
  );
}

interface Measurement {
  readonly groups: readonly GroupLoad[];
  readonly answers: readonly HostAnswer[];
  readonly backends: readonly BackendAnswer[];
  readonly interrupted: boolean;
}

async function measure(pairs: readonly Pair[], context: Context, sampleMs: number): Promise<Measurement> {
  const { config, inventory, ledger } = context;
  const rooms = [...config.rooms.keys()];
  const appsOf = new Map<string, AppConfig[]>();
  for (const [app, group] of pairs)
    for (const room of rooms)
      for (const { name } of inventory.members(app.name, group, room))
        appsOf.set(name, [...(appsOf.get(name) ?? []), app]);
  const hosts = [...appsOf.keys()].map((name) => inventory.host(name));
  const apps = [...new Set(pairs.map(([app]) => app))];
  // Balancers have their own connections: a balancer may be a host of a group, and that connection closes after its reading.
  // Jump hosts are connected once for both.
  const toBalancers = await openReadConnections(context);
  let backends: BackendAnswer[] = [];
  const wanted = ({ name }: Host) => wantedOf(appsOf.get(name) ?? []);
  try {
    const { answers, interrupted } = await readHostsLive(
      hosts,
      { ...context, through: toBalancers },
      { sampleMs, wanted },
      async (signal) => {
        backends = await readBackends(apps, inventory, toBalancers, sampleMs, signal);
      },
    );
    const byHost = new Map(answers.map((answer) => [answer.host, answer]));
    const groups = pairs.map(([app, group]) => {
      const ofApp = backends.filter((backend) => backend.app === app.name);
      return groupLoad(app, group, rooms, inventory, { answers: byHost, backends: loadsByRoom(ofApp) });
    });
    const isKnown = (app: string, host: string) =>
      backends.some((backend) => backend.app === app && backend.load?.has(host) === true);
    const waiting = await readWaiting(answers, config, inventory, ledger, isKnown);
    return { groups: tellWaiting(groups, waiting), answers, backends, interrupted };
  } finally {
    await toBalancers.close();
  }
}

interface Question {
  readonly question: CapacityQuestion;
  readonly sampleMs: number;
  readonly lost: readonly string[];
  readonly group: string | undefined;
}

async function reportOf(
  { groups, backends }: Measurement,
  { question, sampleMs, lost, group }: Question,
  { config, inventory, ledger, options }: Context,
): Promise<CapacityReport> {
  const verdicts = judgeCapacity(groups, [...config.rooms.keys()], question).filter(
    (verdict) => lost.includes(verdict.lost) && (group === undefined || verdict.group === group),
  );
  const free = new Map<string, number>();
  for (const { room, state } of poolOf(inventory.hosts.values(), await ledger.takenSpares()))
    if (state === 'free') free.set(room, (free.get(room) ?? 0) + 1);
  const silent = backends.flatMap(({ balancer, message, load }) =>
    load === undefined
      ? [`balancer ${balancer} was not read, so its requests are not known: ${message}`]
      : [],
  );
  return {
    at: new Date().toISOString(),
    sampleMs,
    question,
    groups,
    verdicts,
    remedies: remediesFor(verdicts, groups, {
      inventory,
      apps: config.apps,
      free,
      configFile: options.config,
    }),
    notes: [...silent, ...idleNotes(groups)],
  };
}

function exitCodeOf({ verdicts }: CapacityReport, { answers, interrupted }: Measurement): ExitCode {
  if (interrupted) return ExitCode.interrupted;
  if (answers.length > 0 && answers.every(({ status }) => status === 'unreachable'))
    return ExitCode.unreachable;
  return verdicts.some(isFinding) ? ExitCode.finding : ExitCode.done;
}

async function show(
  report: CapacityReport,
  flags: CapacityFlags,
  { options }: Context,
  exitCode: ExitCode,
): Promise<void> {
  if (options.json) out(jsonText(capacityDocument(report, exitCode)));
  else if (flags.csv === true) out(renderCapacityCsv(report));
  else out(renderCapacity(report, { width: stdoutColumns(), paint: painter('stdout') }));
  if (!options.json && report.notes.length > 0) say(renderNotes(report.notes));
  if (!options.json && flags.csv !== true) remark(modelSentence(report));
  if (flags.html === undefined) return;
  const { renderCapacityPage } = await import('../../lib/ui/report/capacity-page.js');
  await writePage(flags.html, await renderCapacityPage(report));
}
