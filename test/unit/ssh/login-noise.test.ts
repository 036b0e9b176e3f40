import { expect, test } from 'vitest';
import { Secrets } from '../../../src/lib/masking/secret.js';
import { AfterMark, firstWords, newStartMark, type StartMark } from '../../../src/lib/ssh/login-noise.js';

/** Its last letter is not its first: `almost the mark` and the mark would be the mark and almost the mark. */
function markOfTwoEnds(): StartMark {
  const mark = newStartMark();
  return mark.bytes[0] === mark.bytes.at(-1) ? markOfTwoEnds() : mark;
}

const mark = markOfTwoEnds();
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

const SECRET = 'tr0ub4dor-and-3-longer-words';
const secrets = new Secrets();
secrets.add('ADV_SECRET', SECRET);

/** What is said of noise that is followed by the mark, or by nothing yet. */
const saidOf = (noise: string, next: Buffer = mark.bytes) => {
  const stream = new AfterMark(mark);
  stream.take(Buffer.concat([Buffer.from(noise), next]));
  return firstWords(stream.noise(), (text, cut) => secrets.mask(text, cut));
};

test.each([SECRET.length, 260])(
  'the beginning of a secret of %i letters is no word, wherever the noise is cut',
  (length) => {
    const secret = SECRET.padEnd(length, 'pqrst');
    secrets.add('ADV_SECRET', secret);
    for (let left = 4; left < secret.length; left++) {
      const noise = `${'\n'.repeat(4096 - left)}${secret}${'\n'.repeat(99)}`;
      expect(saidOf(noise), `${left} letters kept`).toBe('[ADV_SECRET]');
      expect(saidOf(noise, Buffer.alloc(0)), `${left} letters kept, no mark`).toBe('[ADV_SECRET]');
      expect(saidOf(secret.slice(0, left), Buffer.alloc(0)), `${left} letters came`).toBe('[ADV_SECRET]');
    }
  },
);
