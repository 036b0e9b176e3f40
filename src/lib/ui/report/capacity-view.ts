import { formatDuration } from '../../duration.js';
import { type CapacityVerdict, type GroupLoad, NOT_STARTED, rateOf } from '../../report/capacity.js';
import { type CapacityReport, isFinding } from '../../report/capacity-report.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { type CsvValue, renderCsv } from '../frame/csv.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { renderTable } from '../frame/table.js';
import { hang } from '../frame/wrap-words.js';

export interface CapacityViewOptions {
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

/** The verdicts as sentences, their basis as a table, and what to do about them. */
export function renderCapacity(report: CapacityReport, options: CapacityViewOptions = {}): string {
  const { paint = plain } = options;
  const sentences = report.verdicts.map((verdict) => {
    const text = hang('', verdictSentence(verdict), options.width ?? Number.POSITIVE_INFINITY);
    if (isFinding(verdict)) return paint.red(text);
    return verdict.basis === 'idle' ? paint.yellow(text) : paint.green(text);
  });
  const fixes = fixLines(report).map((line) => (line.startsWith('kuafu ') ? paint.bold(line) : line));
  const blocks = [sentences.join('\n'), measuredTable(report, options), fixes.join('\n')];
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** `shop/web without room A: room B has 2 hosts and needs 8: short by 6 hosts` */
export function verdictSentence(verdict: CapacityVerdict): string {
  const { app, group, lost, left, basis, needed, there, short } = verdict;
  const place = left.length === 1 ? `room ${left[0]}` : `rooms ${left.join(' and ')}`;
  const question = `${app}/${group} without room ${lost}`;
  if (left.length === 0) return `${question}: there is no other room`;
  if (basis === 'unread') return `${question}: cannot be judged: the load of its hosts could not be read`;
  if (basis === 'unknown')
    return `${question}: cannot be judged: no load was measured, so the peak cannot be computed`;
  if (short > 0) return `${question}: SHORT BY ${hostsOf(short)}: ${place} has ${there} and needs ${needed}`;
  if (basis === 'idle' && needed === 1)
    return `${question}: cannot be judged: no load was measured; ${place} has ${hostsOf(there)} in service`;
  return `${question}: ${place} carries it: it has ${hostsOf(there)} and needs ${needed}`;
}

/** The basis of the verdict: `84.0 requests/s, 14.2 a host (measured cost of a request)`. */
export function basisSentence({ basis, demand, perHost }: CapacityVerdict): string {
  switch (basis) {
    case 'given':
      return `${amount(demand)} requests/s, ${amount(perHost)} a host (given)`;
    case 'requests':
      return `${amount(demand)} requests/s, ${amount(perHost)} a host (by CPU per request)`;
    case 'cpu':
      return `${amount(demand)} CPUs busy, ${amount(perHost)} a host`;
    case 'idle':
      return 'no load was measured; --peak with --per-host judges it';
    case 'unread':
      return 'hosts that did not answer may have any load';
    case 'unknown':
      return 'no load to measure the peak by; give --per-host';
  }
}

/** What to do about the verdicts; each command has its own line. */
export function fixLines({ verdicts, remedies }: CapacityReport): string[] {
  return verdicts.flatMap((verdict) => {
    const remedy = remedies.get(verdict);
    if (remedy === undefined) return [];
    const { command, missing, room, note } = remedy;
    const lack = `room ${room} lacks ${missing} spare ${missing === 1 ? 'host' : 'hosts'} for the rest`;
    if (command === '')
      return [
        `${verdict.app}/${verdict.group}: room ${room} has no spare host, or no host serves to copy from`,
      ];
    return [command, ...(note === '' ? [] : [note]), ...(missing === 0 ? [] : [lack])];
  });
}

/** What the numbers mean, in a line or two. */
export function modelSentence({ question, sampleMs }: CapacityReport): string {
  const target = percent(question.target);
  const load =
    question.peak === undefined ? 'the load of all rooms now' : `a peak of ${peakText(question.peak)}`;
  const each =
    question.perHost === undefined
      ? `at most ${target} of their CPUs busy`
      : `${question.perHost} requests/s for each`;
  return `Asked: do the hosts of the rooms that are left carry ${load}, with ${each}? Watched for ${formatDuration(sampleMs)}.`;
}

const CSV_HEAD = [
  'app',
  'group',
  'lost',
  'left',
  'basis',
  'demand',
  'per_host',
  'needed',
  'there',
  'short',
  'command',
];

/** A row for each verdict. */
export function renderCapacityCsv({ verdicts, remedies }: CapacityReport): string {
  const rows = verdicts.map((verdict): CsvValue[] => [
    verdict.app,
    verdict.group,
    verdict.lost,
    verdict.left.join(' '),
    verdict.basis,
    rounded(verdict.demand),
    rounded(verdict.perHost),
    verdict.needed,
    verdict.there,
    verdict.short,
    remedies.get(verdict)?.command ?? '',
  ]);
  return renderCsv(CSV_HEAD, rows);
}

/** No measurement here is more exact than three digits after the point. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}

/** What is measured of a group in one room, without hosts that wait for their first start. */
export function roomLoad({ hosts }: GroupLoad, room: string) {
  const inRoom = hosts.filter((host) => host.room === room && host.why !== NOT_STARTED);
  const read = inRoom.filter(({ cpus, cpusUsed }) => cpus !== null && cpusUsed !== null);
  const cpus = read.reduce((sum, host) => sum + (host.cpus ?? 0), 0);
  const used = read.reduce((sum, host) => sum + (host.cpusUsed ?? 0), 0);
  return {
    hosts: inRoom.length,
    serving: inRoom.filter(({ serves }) => serves).length,
    cpuShare: cpus > 0 ? used / cpus : null,
    requests: inRoom.some(({ requests }) => requests !== null)
      ? rateOf({ app: '', group: '', hosts: inRoom })
      : null,
  };
}

function measuredTable({ groups, verdicts }: CapacityReport, options: CapacityViewOptions): string {
  const rows = verdicts.map((verdict) => {
    const group = groups.find(({ app, group: name }) => app === verdict.app && name === verdict.group);
    const load = group && roomLoad(group, verdict.lost);
    return [
      `${verdict.app}/${verdict.group}`,
      verdict.lost,
      load === undefined ? '' : `${load.serving}/${load.hosts}`,
      load?.cpuShare == null ? '-' : percent(load.cpuShare),
      load?.requests == null ? '-' : amount(load.requests),
      basisSentence(verdict),
    ];
  });
  const { paint = plain, width } = options;
  return renderTable(['GROUP', 'ROOM', 'SERVE', 'CPU', 'REQ/S', 'IF IT IS LOST'], rows, {
    paintHead: (text) => paint.dim(text),
    ...(width === undefined ? {} : { width }),
  });
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
}

function peakText(peak: NonNullable<CapacityReport['question']['peak']>): string {
  return 'rate' in peak ? `${peak.rate} requests/s` : `${peak.times} times the load of now`;
}

function amount(value: number | null): string {
  if (value === null) return '-';
  return value >= 99.95 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

function hostsOf(count: number): string {
  return count === 1 ? '1 host' : `${count} hosts`;
}

/** Notes for stderr, a line each. */
export function renderNotes(notes: readonly string[]): string {
  return notes.map((note) => `note: ${sanitizeLine(note)}`).join('\n');
}
