import type { EnvDifference } from '../../env/env-diff.js';
import type { RoomValue } from '../../env/env-rooms.js';
import { fold } from '../../names/fold.js';
import { countHosts } from '../exec/exec-view.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { wrapLine } from '../frame/fit.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { renderTable } from '../frame/table.js';
import { hang, wrapNames } from '../frame/wrap-words.js';
import type { EnvGroup, EnvShown } from './env-json.js';

export interface EnvViewOptions {
  /** Columns to stay within; no limit by default. */
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

/** The values of each room and where they come from; values that differ between rooms are in colour. */
export function renderEnvShow({ app, file, mode, rooms, values }: EnvShown, options: EnvViewOptions): string {
  const { paint = plain, width = Number.POSITIVE_INFINITY } = options;
  const heading = paint.bold(sanitizeLine(`${app}: ${file}, mode ${mode}`));
  if (values.length === 0) return `${heading}\nno values`;
  const all = rooms.length > 1 ? 'all' : rooms.join();
  const rows = values.map((value: RoomValue) => {
    const colour = value.differs ? paint.yellow : (text: string) => text;
    const where = value.rooms.length === rooms.length ? all : value.rooms.join(', ');
    const text = value.value === null ? '(not set)' : shown(value.value);
    return [value.name, where, value.from ?? '-', text].map((cell) => ({ text: cell, paint: colour }));
  });
  const head = ['NAME', 'ROOM', 'FROM', 'VALUE'];
  return `${heading}\n${renderTable(head, rows, { width, paintHead: (text) => paint.dim(text) })}`;
}

const SAME = 'as the configuration has it';

/** The differences of hosts, equal differences once; hosts without a difference are in one line, which says `same` of them. */
export function renderEnvDiff(
  groups: readonly EnvGroup[],
  options: EnvViewOptions & { readonly same?: string },
): string {
  const { paint = plain, width = Number.POSITIVE_INFINITY, same: sameWords = SAME } = options;
  const same = groups.filter(({ differences }) => differences.length === 0);
  const blocks = groups
    .filter(({ differences }) => differences.length > 0)
    .map(({ hosts, differences }) =>
      [
        paint.cyan(wrapNames(`${fold(hosts)} (${countHosts(hosts)}):`, width).join('\n')),
        ...differences.map((each) => differenceLine(each, width, paint)),
      ].join('\n'),
    );
  const equal = same.map(({ hosts }) => hang('', `${paint.cyan(`${fold(hosts)}:`)} ${sameWords}`, width));
  return [...blocks, ...equal].join('\n');
}

/** `+`: it would be added; `-`: removed; `~`: changed. */
function differenceLine(difference: EnvDifference, width: number, paint: ChalkInstance): string {
  const [mark, text] = words(difference);
  const colour = { '+': paint.green, '-': paint.red, '~': paint.yellow }[mark];
  const line = sanitizeLine(text);
  const wrapped = width === Number.POSITIVE_INFINITY ? line : wrapLine(line, width - 4);
  return colour(`  ${mark} ${wrapped.replaceAll('\n', '\n    ')}`);
}

function words({ what, name, is, wanted }: EnvDifference): readonly ['+' | '-' | '~', string] {
  const [before, after] = [shown(is ?? ''), shown(wanted ?? '')];
  switch (what) {
    case 'missing':
      return ['+', 'there is no file'];
    case 'kind':
      return ['~', is === 'link' ? 'it is a symbolic link' : 'it is no file'];
    case 'mode':
      return ['~', `mode ${is}, not ${wanted}`];
    case 'owner':
      return ['~', `owner ${is}, not ${wanted}`];
    case 'refused':
      return ['~', `systemd refuses all of it: ${is}`];
    case 'value':
      return ['~', `${name}: ${before} → ${after}`];
    case 'lacking':
      return ['+', `${name}: ${after}`];
    case 'unknown':
      return ['-', `${name}: ${before}`];
    case 'line':
      return wanted === null ? ['-', before] : ['+', after];
    case 'written':
      return ['~', 'the same values, in another order or with other quotes'];
  }
}

/** A value in one line, with quotes if its ends or its content could not be seen otherwise. */
function shown(text: string): string {
  const needsQuotes = text === '' || text.trim() !== text || /[\p{Cc}]/u.test(text);
  return needsQuotes ? JSON.stringify(text) : text;
}
