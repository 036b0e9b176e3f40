import type { NameRow } from '../../dns/name-status.js';
import type { SilentAuthority } from '../../dns/read-zones.js';
import type { Stray } from '../../dns/strays.js';
import type { ZoneSet } from '../../dns/zone-sets.js';
import { quoteWord } from '../../shell/quote.js';
import { breakSentences } from '../frame/break-sentences.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { stdoutColumns } from '../frame/screen-width.js';
import type { Advice } from '../frame/suggested.js';
import { type Cell, renderTable } from '../frame/table.js';

export interface DnsViewOptions {
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

export interface StatusReport {
  readonly rows: readonly NameRow[];
  readonly disagreements: readonly string[];
  readonly silent: readonly SilentAuthority[];
}

export interface ListReport {
  readonly sets: readonly ZoneSet[];
  readonly silent: readonly SilentAuthority[];
}

export interface StrayReport {
  readonly strays: readonly Stray[];
  readonly silent: readonly SilentAuthority[];
}

/** Where each declared name leads at each authority, beside what is declared. */
export function renderStatus(
  { rows, disagreements, silent }: StatusReport,
  options: DnsViewOptions = {},
): string {
  const { paint = plain } = options;
  const cells = rows.map((row): Cell[] => [
    row.name,
    row.class,
    row.authority,
    row.found ?? '-',
    row.declared,
    { text: row.state, paint: row.state === 'as declared' ? paint.green : paint.red },
  ]);
  return [
    table(['NAME', 'CLASS', 'AUTHORITY', 'LEADS TO', 'DECLARED', 'STATE'], cells, options),
    ...faultLines(disagreements, options),
    ...silentLines(silent, options),
  ].join('\n');
}

/** What to type where names do not lead where they are declared to. */
export function statusAdvice({ rows }: Pick<StatusReport, 'rows'>): Advice[] {
  const differing = rows.filter(({ state }) => state === 'differs').map(({ name }) => quoteWord(name));
  if (differing.length === 0) return [];
  const names = [...new Set(differing)].join(' ');
  return [['back to what the configuration declares:', `kuafu dns set ${names} --steady`]];
}

/** All record sets of the zones that lead users somewhere. */
export function renderList({ sets, silent }: ListReport, options: DnsViewOptions = {}): string {
  const cells = sets.map((set): Cell[] => [
    set.name,
    set.type,
    `${set.ttlSeconds}s`,
    set.values.join(' '),
    set.isDeclared ? 'declared' : '-',
    set.authorities.join(' '),
  ]);
  return [
    table(['NAME', 'TYPE', 'TTL', 'VALUES', 'CONFIG', 'AUTHORITIES'], cells, options),
    ...silentLines(silent, options),
  ].join('\n');
}

/** Names that lead to a room and that nobody would move. */
export function renderStrays({ strays, silent }: StrayReport, options: DnsViewOptions = {}): string {
  const cells = strays.map((stray): Cell[] => [
    stray.name,
    stray.type,
    stray.rooms.join(' '),
    stray.values.join(' '),
    stray.authorities.join(' '),
  ]);
  // An authority that could not be asked may have others.
  const none =
    silent.length > 0 ? [] : ['every name that leads to a room is in the configuration, or excused there'];
  const found =
    strays.length === 0 ? none : [table(['NAME', 'TYPE', 'ROOMS', 'VALUES', 'AUTHORITIES'], cells, options)];
  return [...found, ...silentLines(silent, options)].join('\n');
}

/** What is wrong with names that lead to a room and are in no configuration. */
export function strayAdvice({ strays }: Pick<StrayReport, 'strays'>): Advice[] {
  if (strays.length === 0) return [];
  return [
    [
      'no change would move these names with their room: add each to `names` of its zone in the configuration, or to `excused` there. How that is written:',
      'kuafu config docs layers',
    ],
  ];
}

export function table(
  head: readonly string[],
  cells: readonly Cell[][],
  { paint = plain, width }: DnsViewOptions,
): string {
  const style = { paintHead: (text: string) => paint.dim(text), ...(width === undefined ? {} : { width }) };
  return renderTable(head, cells, style);
}

export function silentLines(silent: readonly SilentAuthority[], options: DnsViewOptions): string[] {
  const sentences = silent.map(
    ({ authority, zone, message }) => `${authority} could not be asked about ${zone}: ${message}`,
  );
  return faultLines(sentences, options);
}

export function faultLines(sentences: readonly string[], { paint = plain, width }: DnsViewOptions): string[] {
  const columns = width ?? stdoutColumns();
  return sentences.map((sentence) => paint.red(breakSentences(sanitizeLine(sentence), columns)));
}

/** `kuafu dns status --json`; schemas/dns-status.schema.json. */
export function statusDocument({ rows, disagreements, silent }: StatusReport, exitCode: number): object {
  return { kind: 'kuafu.dns-status', version: 1, exitCode, names: rows, disagreements, silent };
}

/** `kuafu dns list --json`; schemas/dns-list.schema.json. */
export function listDocument({ sets, silent }: ListReport, exitCode: number): object {
  return { kind: 'kuafu.dns-list', version: 1, exitCode, sets, silent };
}

/** `kuafu dns check --json`; schemas/dns-check.schema.json. */
export function strayDocument({ strays, silent }: StrayReport, exitCode: number): object {
  return { kind: 'kuafu.dns-check', version: 1, exitCode, strays, silent };
}
