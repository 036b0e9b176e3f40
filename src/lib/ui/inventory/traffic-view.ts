import { keptOutLine } from '../../traffic/kept-out-words.js';
import type { TrafficAnswer, TrafficReport, TrafficRow } from '../../traffic/traffic-status.js';
import { startCommand } from '../../unit/not-started.js';
import { breakSentences } from '../frame/break-sentences.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { stdoutColumns } from '../frame/screen-width.js';
import { shownText } from '../frame/shown.js';
import { suggested } from '../frame/suggested.js';
import { renderTable, tableFits } from '../frame/table.js';

export interface TrafficViewOptions {
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

/** Which hosts are in traffic where; balancers that did not answer are below. */
export function renderTraffic(report: TrafficReport, options: TrafficViewOptions = {}): string {
  const { silent } = report;
  const cut = report.answers.map(fitToShow);
  const answers = cut.map(({ answer }) => answer);
  const { paint = plain, width } = options;
  const style = { paintHead: (text: string) => paint.dim(text), ...(width === undefined ? {} : { width }) };
  const heading = ({ app, room, balancer }: TrafficAnswer) => `${app} in room ${room}, by ${balancer}:`;
  const number = (value: number | null) => (value === null ? '-' : String(value));
  const cells = (row: TrafficRow) => [
    row.app,
    row.room,
    row.balancer,
    nameOf(row),
    row.address,
    number(row.weight),
    number(row.sessions),
    { text: row.state, paint: colourOf(row, paint) },
  ];
  const head = ['APP', 'ROOM', 'BALANCER', 'HOST', 'ADDRESS', 'WEIGHT', 'SESSIONS', 'STATE'];
  const rows = answers.flatMap((answer) => answer.rows.map(cells));
  const broken = (text: string) => breakSentences(sanitizeLine(text), width ?? stdoutColumns());
  const whole = tableFits(head, rows, width ?? stdoutColumns());
  // What all rows of an answer have in common is told once, above them.
  const parts = answers.map((answer) => {
    const own = answer.rows.map((row) => cells(row).slice(COMMON));
    const table = renderTable(head.slice(COMMON), own, { ...style, spared: ['ADDRESS', 'WEIGHT'] });
    return `${paint.bold(broken(heading(answer)))}\n${table}`;
  });
  return [
    ...(whole ? [renderTable(head, rows, style)] : parts),
    ...cut.flatMap(({ left }) => left).map((line) => paint.yellow(broken(line))),
    ...drainLines(answers).map((line) => paint.yellow(broken(line))),
    ...answers.flatMap(({ doubts }) => doubts).map((doubt) => paint.red(broken(doubt))),
    ...silent.map(({ balancer, app, message }) =>
      paint.red(broken(`${balancer} could not be asked about ${app}: ${message}`)),
    ),
  ].join('\n');
}

/** How many servers of one host, or of no host, are shown of a balancer. */
const MOST_SHOWN = 50;

/** An answer without the rows that are too many, and a sentence for each host that has such. */
function fitToShow(answer: TrafficAnswer): {
  readonly answer: TrafficAnswer;
  readonly left: readonly string[];
} {
  const counts = new Map<string, number>();
  const rows = answer.rows.filter(({ host }) => {
    const count = (counts.get(host) ?? 0) + 1;
    counts.set(host, count);
    return count <= MOST_SHOWN;
  });
  const left = [...counts].flatMap(([host, count]) => {
    const more = count - MOST_SHOWN;
    if (more <= 0) return [];
    const whose = host === '' ? `more extra ${more === 1 ? 'server' : 'servers'}` : `more for ${host}`;
    return [`${answer.balancer} has ${more} ${whose} of ${answer.app}; --json shows all`];
  });
  return { answer: { ...answer, rows }, left };
}

/** How many columns tell which answer a row is of. */
const COMMON = 3;

/** Which operator keeps which hosts out of traffic. If one of them gets requests all the same, also what to type. */
function drainLines(answers: readonly TrafficAnswer[]): string[] {
  const rows = answers.flatMap((answer) => answer.rows);
  const lines = rows.flatMap(({ app, host, balancer, state, drained }) => {
    if (drained === null) return [];
    const words = shownText(keptOutLine({ host, app, ...drained }));
    if (state !== 'forgotten') return [words];
    return [
      `${words}, and ${balancer} sends it requests again, as after a reload; out again: ${suggested(`kuafu traffic drain ${host}`)}`,
    ];
  });
  return [...new Set(lines)];
}

/** The balancer's name for a server is shown beside the host only if it is different. */
function nameOf({ host, server }: TrafficRow): string {
  if (server === '' || server === host) return host === '' ? '-' : host;
  return `${host === '' ? '-' : host} as ${server}`;
}

/** What to type if an expansion has installed hosts but did not start them. */
export function startCommands({ answers }: TrafficReport): string[] {
  const waiting = answers.flatMap(({ rows }) => rows.filter(({ state }) => state === 'not started'));
  return [...new Set(waiting.map(({ app }) => app))].sort().map((name) => {
    const hosts = waiting.flatMap(({ app, host }) => (app === name ? [host] : []));
    return startCommand(name, hosts);
  });
}

function colourOf({ state }: TrafficRow, paint: ChalkInstance): (text: string) => string {
  if (state === 'in traffic' || state === 'backup') return paint.green;
  return state === 'missing' || state === 'down' || state === 'forgotten' ? paint.red : paint.yellow;
}

/** `kuafu traffic status --json`; schemas/traffic-status.schema.json. */
export function trafficDocument({ answers, silent }: TrafficReport, exitCode: number): object {
  return {
    kind: 'kuafu.traffic-status',
    version: 1,
    exitCode,
    servers: answers.flatMap(({ rows }) => rows),
    doubts: answers.flatMap(({ app, room, balancer, doubts }) =>
      doubts.map((message) => ({ app, room, balancer, message })),
    ),
    silent,
  };
}
