import type { BackendLines } from './server-lines.js';

/** Configuration Manual, 5.2, `inter`: the default is 2 s. */
const USUAL_MS = 2000;
// Configuration Manual, 2.4: a time without a unit is in milliseconds.
const UNIT_MS = { us: 0.001, ms: 1, '': 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const INTERVALS = ['inter', 'fastinter', 'downinter'];

/**
 * The longest time between two health checks of any server of the backend, in ms: a new server is like them. `options`: the
 * options that kuafu's configuration adds servers with.
 */
export function longestCheckInterval(lines: BackendLines | undefined, options = ''): number {
  const told = (lines === undefined ? [] : [lines.defaults, ...lines.servers.map((server) => server.options)])
    .flatMap((each) => INTERVALS.map((key) => each.get(key)))
    .concat(options.split(' ').filter((_, index, words) => INTERVALS.includes(words[index - 1] ?? '')));
  return Math.max(USUAL_MS, ...told.map(milliseconds));
}

/** 0 for a text that is no time. */
function milliseconds(text = ''): number {
  const [, number, unit = ''] = /^(\d{1,9})(us|ms|s|m|h|d)?$/.exec(text) ?? [];
  return Number(number ?? 0) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
