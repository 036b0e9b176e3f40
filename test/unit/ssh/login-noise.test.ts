import { expect, test } from 'vitest';
import { AfterMark, firstWords, newStartMark } from '../../../src/lib/ssh/login-noise.js';

const mark = newStartMark();
const whole = (...pieces: readonly (string | Buffer)[]) => {
  const stream = new AfterMark(mark);
  const own = pieces.map((piece) => stream.take(Buffer.from(piece)));
  return { own: Buffer.concat(own).toString('latin1'), seen: stream.seen, noise: stream.noise() };
};

test.each([
  ['nothing', ''],
  ['a line', 'hi\n'],
  ['no line end', 'hi'],
  ['half a mark', mark.halves[0]],
  ['almost the mark', `${mark.halves[0]}${mark.halves[1].slice(0, -1)}`],
  ['the halves as `set -x` prints them', `+ exec /bin/sh -c x kuafu ${mark.halves.join(' ')}`],
])('takes off what came before the mark: %s', (_title, noise) => {
  const bytes = Buffer.concat([Buffer.from(noise), mark.bytes, Buffer.from('\xff\x00data', 'latin1')]);
  expect(whole(bytes)).toEqual({ own: '\xff\x00data', seen: true, noise });
  const one = [...bytes].map((byte) => Buffer.from([byte]));
  expect(whole(...one)).toEqual({ own: '\xff\x00data', seen: true, noise });
});

test('the mark counts once: a command may print it', () => {
  expect(whole(mark.bytes, 'a', mark.bytes).own).toBe(`a${mark.bytes}`);
});

test('keeps little of noise without end', () => {
  const stream = new AfterMark(mark);
  for (let n = 0; n < 1000; n++) expect(stream.take(Buffer.alloc(65_536, 'x'))).toHaveLength(0);
  expect(stream.noiseBytes).toBe(65_536_000);
  expect(stream.noise().length).toBeLessThan(5000);
  expect(stream.take(Buffer.concat([mark.bytes, Buffer.from('ok')])).toString()).toBe('ok');
});

test.each([
  ['', ''],
  ['\n \r\n', ''],
  ['\n  hello \nworld', 'hello'],
  ['\u001b[31mred\u001b[0m\u009b2J\u202e', '?[31mred?[0m?2J?'],
  ['x'.repeat(300), `${'x'.repeat(100)}…`],
])('the first words of %j are %j', (text, expected) => {
  expect(firstWords(text, (same) => same)).toBe(expected);
});

test('a secret is masked before anything is cut', () => {
  const secret = 's3cret'.repeat(50);
  expect(firstWords(`a ${secret} b`, (text) => text.replaceAll(secret, '****'))).toBe('a **** b');
});
