import { roleOf, writersOf } from '../../layers/database/judge.js';
import { fold } from '../../names/fold.js';
import type { SwitchEntry } from '../../switch/entries.js';
import type { SwitchName } from '../../switch/names.js';
import type { Silence, SwitchDatabase, SwitchStatus } from '../../switch/switch-status.js';
import { breakSentences } from '../frame/break-sentences.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { stdoutColumns } from '../frame/screen-width.js';
import type { Advice } from '../frame/suggested.js';
import { type Cell, renderTable } from '../frame/table.js';
import { behindText, roleCell, targetsCell } from './database-view.js';

export interface SwitchViewOptions {
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

/** The state in words, each thing that is off or could not be asked, and then where everything is. */
export function renderSwitch(status: SwitchStatus, options: SwitchViewOptions = {}): string {
  const { paint = plain, width = stdoutColumns() } = options;
  const broken = (text: string) => breakSentences(sanitizeLine(text), width);
  const under = (text: string) => breakSentences(`  ${sanitizeLine(text)}`, width);
  const { summary, deviations, silent } = status;
  const isOff = deviations.length > 0;
  const colour = isOff ? paint.red : silent.length > 0 ? paint.yellow : paint.green;
  const head = [
    colour(broken(summary)),
    // The only one is in the summary.
    ...(deviations.length > 1 ? deviations.map(({ sentence }) => paint.red(under(sentence))) : []),
    ...reasonsOf(silent).map((line) => paint.yellow(under(line))),
  ];
  const style = { width, paintHead: (text: string) => paint.dim(text) };
  const tables = tablesOf(status, paint).map(([titles, rows]) => renderTable(titles, rows, style));
  return [head.join('\n'), ...tables].join('\n\n');
}

/** The commands that tell what to type against what differs. */
export function switchAdvice({ names, entries, databases, deviations }: SwitchStatus): Advice[] {
  const differs = ({ state }: { readonly state: string }) => state === 'differs';
  const isOff = ({ name }: SwitchDatabase) => deviations.some(({ subject }) => subject === name);
  return [
    ...(names.some(differs) ? [['what to do about names:', 'kuafu dns status'] as const] : []),
    ...(entries.some(differs) ? [['what to do about hosts:', 'kuafu traffic status'] as const] : []),
    ...(databases.some(isOff) ? [['more about databases:', 'kuafu db status'] as const] : []),
  ];
}

/** `dns-a,lb-a: no answer within 4 s` */
function reasonsOf(silent: readonly Silence[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { label, message } of silent) byReason.set(message, [...(byReason.get(message) ?? []), label]);
  return [...byReason].map(([message, labels]) => `${fold(labels)}: ${message}`);
}

type TableParts = readonly [head: readonly string[], rows: readonly (readonly Cell[])[]];

/** Those that have rows. */
function tablesOf({ names, entries, databases }: SwitchStatus, paint: ChalkInstance): TableParts[] {
  const servers = databases.flatMap(({ name, members }) =>
    members.map(({ room, host, state }): Cell[] => [
      ...[name, room, host],
      roleCell(state, paint),
      state === undefined ? '' : behindText(state),
    ]),
  );
  const proxies = databases.flatMap(({ name, proxies: all }) =>
    all.map((proxy): Cell[] => [name, proxy.room, proxy.host, targetsCell(proxy, paint)]),
  );
  const all: TableParts[] = [
    [['CLASS', 'NAME', 'LEADS TO', 'DECLARED', 'BY', 'STATE'], names.map((name) => nameCells(name, paint))],
    [
      ['APP', 'ROOM', 'BALANCER', 'UP', 'DRAINED', 'DOWN', 'STATE'],
      entries.map((entry) => entryCells(entry, paint)),
    ],
    [['DATABASE', 'ROOM', 'SERVER', 'ROLE', 'BEHIND'], servers],
    [['DATABASE', 'ROOM', 'PROXY', 'SENDS TO'], proxies],
  ];
  return all.filter(([, rows]) => rows.length > 0);
}

function nameCells(name: SwitchName, paint: ChalkInstance): Cell[] {
  const { authorities, found, declared, state } = name;
  return [name.class, name.name, found ?? '-', declared, authorities.join(', '), stateCell(state, paint)];
}

function entryCells({ app, room, balancer, state, ...counts }: SwitchEntry, paint: ChalkInstance): Cell[] {
  const number = (count: number | null) => (count === null ? '-' : String(count));
  const { up, drained, down } = counts;
  return [app, room, balancer, number(up), number(drained), number(down), stateCell(state, paint)];
}

function stateCell(state: string, paint: ChalkInstance): Cell {
  const colour = state === 'as declared' ? paint.green : state === 'unknown' ? paint.yellow : paint.red;
  return { text: state, paint: colour };
}

/** `kuafu switch status --json`; schemas/switch-status.schema.json. */
export function switchDocument(status: SwitchStatus, exitCode: number): object {
  const { summary, names, entries, databases, deviations, silent } = status;
  return {
    kind: 'kuafu.switch-status',
    version: 1,
    exitCode,
    summary,
    names,
    entries,
    databases: databases.map(databaseDocument),
    deviations,
    silent: silent.map(({ label: _, ...each }) => each),
  };
}

function databaseDocument(look: SwitchDatabase): object {
  const [writer, ...others] = writersOf(look);
  return {
    name: look.name,
    home: look.home,
    primary: others.length === 0 && writer !== undefined ? { host: writer.host, room: writer.room } : null,
    servers: look.members.map(({ host, room, state }) => ({
      host,
      room,
      role: state === undefined ? null : roleOf(state),
      secondsBehind: state?.sources[0]?.secondsBehind ?? null,
    })),
    proxies: look.proxies.map(({ host, room, targets }) => ({
      host,
      room,
      sendsTo: targets?.map(({ name }) => name) ?? null,
    })),
  };
}
