import { jsonText } from '../../json-text.js';
import { type ChalkInstance, hostPainter } from '../frame/colour.js';
import { sanitizeText } from '../frame/sanitize.js';

/** A log line as it is shown. */
export interface ShownLine {
  readonly host: string;
  readonly source: string;
  readonly text: string;
  readonly cutBytes: number;
  readonly stamp: { readonly at: number } | undefined;
}

/** How log lines are printed; every text ends with a line end. */
export interface LogFormat {
  line(line: ShownLine): string;
  /** A note on lines that were not shown. */
  gap(host: string, lines: number): string;
}

const PLAIN = /^[\x20-\x7e]*$/;
export const TEMPLATE_FIELDS = ['host', 'time', 'source', 'line'] as const;

/** `web-b-01 | line`: the names padded to the longest, each in its own colour. */
export function prefixFormat(hosts: readonly string[], paint: ChalkInstance): LogFormat {
  const width = Math.max(0, ...hosts.map((host) => host.length));
  const prefixes = new Map(
    hosts.map((host) => [host, `${hostPainter(paint, host)(host.padEnd(width))} ${paint.dim('|')} `]),
  );
  return {
    line: (line) => `${prefixes.get(line.host) ?? `${line.host} | `}${harmless(line)}\n`,
    gap: textGap,
  };
}

/** `{host} {time} {source} {line}` in any order, with text around them. */
export function templateFormat(template: string, paint: ChalkInstance): LogFormat {
  const pieces = template
    .replaceAll('\\t', '\t')
    .replaceAll('\\n', '\n')
    .split(/\{(host|time|source|line)\}/);
  const fill = (name: string, line: ShownLine): string => {
    switch (name) {
      case 'host':
        return hostPainter(paint, line.host)(line.host);
      case 'time':
        return timeOf(line) ?? '-';
      case 'source':
        return sanitizeText(line.source);
      default:
        return harmless(line);
    }
  };
  return {
    line: (line) =>
      `${pieces.map((piece, index) => (index % 2 === 0 ? piece : fill(piece, line))).join('')}\n`,
    gap: textGap,
  };
}

/** JSON Lines; schemas/log-line.schema.json and log-gap.schema.json. */
export const jsonFormat: LogFormat = {
  line: (line) => `${jsonText(logLineDocument(line))}\n`,
  gap: (host, dropped) => `${jsonText(logGapDocument(host, dropped))}\n`,
};

export function logLineDocument(line: ShownLine): object {
  const { host, source, text, cutBytes } = line;
  return {
    kind: 'kuafu.log-line',
    version: 1,
    host,
    source,
    time: timeOf(line) ?? null,
    line: text,
    cutBytes,
  };
}

export function logGapDocument(host: string, dropped: number): object {
  return { kind: 'kuafu.log-gap', version: 1, host, dropped };
}

/** A log line that is safe for a terminal; it says how much was cut off. */
export function harmless({ text, cutBytes }: Pick<ShownLine, 'text' | 'cutBytes'>): string {
  const shown = PLAIN.test(text) ? text : sanitizeText(text);
  return cutBytes === 0 ? shown : `${shown}… ${cutBytes} bytes cut`;
}

function timeOf({ stamp }: ShownLine): string | undefined {
  const date = stamp && new Date(stamp.at);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function textGap(host: string, lines: number): string {
  return `… ${lines} ${lines === 1 ? 'line' : 'lines'} of ${host} dropped\n`;
}
