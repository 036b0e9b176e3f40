import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { parseTimespan } from '../../../src/lib/host/timespan.js';
import { random } from '../../support/random.js';
import { itAgainst } from '../../support/reference.js';

it.each<[string, number | undefined]>([
  ['1min 30s', 90_000_000],
  ['10min', 600_000_000],
  ['infinity', Number.POSITIVE_INFINITY],
  ['0', 0],
  ['500ms', 500_000],
  ['1month 2w 1d 3h 59.999999s', 3_936_659_999_999],
  ['1y', 31_557_600_000_000],
  ['90', 90_000_000],
  ['', undefined],
  ['-1', undefined],
  ['1 fortnight', undefined],
  ['1.2.3', undefined],
  ['99999999999999999999', undefined],
  [`${'9'.repeat(5000)}s`, undefined],
])('%s', (text, microseconds) => {
  expect(parseTimespan(text)).toBe(microseconds);
});

const UNITS =
  'us usec ms msec s sec second seconds m min minute minutes h hr hour hours d day days w week weeks M month months y year years µs μs'.split(
    ' ',
  );
const NO_UNITS = ['S', 'E', 'x', '-', 'secs', '%'];

/** Texts as people write them in units, some of them wrong. */
function corpus(count: number): string[] {
  const next = random(252);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const part = () => {
    const whole = String(Math.floor(10 ** (next() * 1.9)));
    const fraction = next() < 0.2 ? `.${Math.floor(next() * 10 ** Math.ceil(next() * 8))}` : '';
    const unit = next() < 0.04 ? pick(NO_UNITS) : next() < 0.1 ? '' : pick(UNITS);
    return `${whole}${fraction}${pick(['', ' '])}${unit}`;
  };
  return Array.from({ length: count }, () => {
    if (next() < 0.02) return 'infinity';
    return Array.from({ length: 1 + Math.floor(next() * 3) }, part).join(pick([' ', ' ', '']));
  });
}

interface Reading {
  readonly microseconds: number | undefined;
  /** How systemd itself writes it. */
  readonly human: string;
}

/** It ends at the first text that it does not take. */
function bySystemd(texts: readonly string[]): Reading[] {
  const readings: Reading[] = [];
  while (readings.length < texts.length) {
    const words = ['timespan', '--', ...texts.slice(readings.length)];
    const { stdout, status } = spawnSync('systemd-analyze', words, {
      encoding: 'utf8',
      env: { ...process.env, SYSTEMD_COLORS: '0', LC_ALL: 'C.UTF-8' },
    });
    for (const [, number, human = ''] of stdout.matchAll(/^ *[μu]s: (\d+)\n *Human: (.*)$/gm))
      readings.push({
        microseconds: number === '18446744073709551615' ? Number.POSITIVE_INFINITY : Number(number),
        human,
      });
    if (status !== 0) readings.push({ microseconds: undefined, human: '' });
  }
  return readings;
}

itAgainst(['systemd-analyze', 'timespan', '1s'], 'systemd')('as systemd reads, and as it writes', () => {
  const texts = corpus(600);
  const readings = bySystemd(texts);
  const theirs = texts.map((text, index) => [text, readings[index]?.microseconds]);
  expect(texts.map((text) => [text, parseTimespan(text)])).toEqual(theirs);
  expect(theirs.filter(([, microseconds]) => microseconds === undefined).length).toBeGreaterThan(20);
  const written = readings.filter(({ human }) => human !== '');
  expect(written.map(({ human }) => [human, parseTimespan(human)])).toEqual(
    written.map(({ human, microseconds }) => [human, microseconds]),
  );
});
