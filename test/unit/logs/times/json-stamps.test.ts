import { describe, expect, it } from 'vitest';
import { jsonFieldStamps, jsonStamps } from '../../../../src/lib/logs/times/json-stamps.js';
import { random as randomOf } from '../../../support/random.js';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const utc = { zoneMinutes: 0, nowMs: NOW };
const AT = '2026-11-24T10:00:00Z';
const OTHER = '2026-11-20T10:00:00Z';

function timeOf(document: unknown): string | undefined {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const at = jsonStamps()(text, utc)?.at;
  return at === undefined ? undefined : new Date(at).toISOString().replace('.000', '');
}

describe('of a document the time is that', () => {
  it.each<[string, unknown]>([
    [
      'at the top, not one below',
      { request: { time: OTHER, '@timestamp': OTHER }, list: [{ time: OTHER }], ts: AT },
    ],
    ['with the best name', { date: OTHER, time: AT }],
    ['with the best name, wherever it stands', { time: OTHER, took: 1, '@timestamp': AT }],
    ['which is one', { '@timestamp': 'soon', timestamp: null, time: {}, ts: 35, eventTime: AT }],
    ['behind texts that look like members', { msg: `","time":"${OTHER}","`, note: 'a\\', ts: AT }],
    ['behind brackets in texts', { a: { b: '}{][' }, c: ['"', '}'], ts: AT }],
    ['in seconds', { ts: Date.parse(AT) / 1000 }],
    ['in nanoseconds, as a text', { timestamp: `${Date.parse(AT)}000000` }],
    ['of the Serilog kind', { '@t': AT, '@mt': 'x' }],
    ['of MongoDB', { t: { $date: AT }, s: 'I', attr: { time: OTHER } }],
    ['with blanks', `{ "level" : "info" , "time" : "${AT}" }`],
    ['in a line that was cut', `{"time":"${AT}","msg":"so lo`],
  ])('%s', (_, document) => {
    expect(timeOf(document)).toBe(AT);
  });

  it.each<[string, unknown]>([
    ['below', { request: { time: OTHER } }],
    ['in a list', { times: [OTHER], list: [{ ts: 1_795_514_400 }] }],
    ['with a day that there is not', { time: '2026-02-30T10:00:00Z' }],
    ['that is to come', { time: '2026-11-26T10:00:00Z' }],
    ['in what is no JSON', `{ time: ${AT} }`],
    ['in a text that has no end', `{"msg":"\\"time\\":\\"${OTHER}\\"`],
  ])('there is none %s', (_, document) => {
    expect(timeOf(document)).toBeUndefined();
  });
});

it('finds the same as JSON.parse does, of 2,000 documents from a seed', () => {
  const random = randomOf(1);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const value = (depth: number): unknown => {
    if (depth < 3 && random() < 0.3) return random() < 0.5 ? [value(depth + 1)] : document(depth + 1);
    return pick(['"\\', 'a "b" \\', '{', '}', ',"ts":1', null, -1.5e-9, true, 7, '漢字', AT, OTHER]);
  };
  const document = (depth: number): Record<string, unknown> =>
    Object.fromEntries(
      Array.from({ length: Math.floor(random() * 6) }, () => [
        pick(['ts', 'msg', 'a"b', 'c\\', 'n', 't{']),
        value(depth),
      ]),
    );
  for (let count = 0; count < 2000; count++) {
    const each = document(0);
    const right = each.ts === AT || each.ts === OTHER ? each.ts : undefined;
    expect(timeOf(each), JSON.stringify(each)).toBe(right);
    expect(timeOf(JSON.stringify(each, null, 1).replaceAll('\n', ' '))).toBe(right);
  }
});

describe('--time-field', () => {
  const read = (field: string, line: string) => jsonFieldStamps(field)(line, utc)?.at;

  it('takes any name literally', () => {
    expect(read('a.b', `{"a.b":"${AT}"}`)).toBe(Date.parse(AT));
    expect(read('a.b', `{"axb":"${AT}"}`)).toBeUndefined();
  });

  it('takes the member at the top, else the first one below', () => {
    expect(read('at', `{"a":{"at":"${OTHER}"},"at":"${AT}"}`)).toBe(Date.parse(AT));
    expect(read('at', `{"a":{"at":"${AT}"},"b":{"at":"${OTHER}"}}`)).toBe(Date.parse(AT));
  });
});
