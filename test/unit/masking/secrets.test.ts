import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { renderEnvFile } from '../../../src/lib/env/env-file.js';
import { excerpt } from '../../../src/lib/masking/masked.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import { quoteWord } from '../../../src/lib/shell/quote.js';
import { leastCpuMs } from '../../support/cpu-time.js';

function secretsOf(values: Readonly<Record<string, string>>, ...keys: readonly string[]): Secrets {
  const secrets = new Secrets();
  for (const [name, value] of Object.entries(values)) secrets.add(name, value);
  for (const key of keys) secrets.addKey(key);
  return secrets;
}

const NASTY = 'p"a$s\\s`w\'o&rd 100%';
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a secret is masked in the forms that programs write', () => {
  const line = (value: string) => renderEnvFile([{ name: 'DB', value: [value] }], (text) => text.join(''));
  it.each([
    ['as it is', NASTY],
    ['in an env file', line(NASTY)],
    ['in a shell', quoteWord(NASTY)],
    ['as an argument of an argument', quoteWord(quoteWord(NASTY))],
    ['in JSON', JSON.stringify({ db: NASTY })],
    ['in a URL', `postgres://u:${encodeURIComponent(NASTY)}@h/db`],
    ['in a form', new URLSearchParams({ db: NASTY }).toString()],
    ['in base64', base64(NASTY)],
    ['in the header of HTTP Basic, of a user of any length', base64(`u:${NASTY}`)],
    ['in the same of another user', base64(`us:${NASTY}`)],
    ['in the same of a third', base64(`use:${NASTY}`)],
    ['in a Kubernetes secret', `  password: ${base64(`${NASTY}\n`)}`],
    ['in colour', `p"a\u001b[01;31m$s\\s\u001b[0m\`w'o&rd 100%`],
  ])('%s', (_, text) => {
    const secrets = secretsOf({ PW: NASTY });
    const masked = secrets.mask(`before ${text} after`);
    expect(masked).toContain('[PW]');
    expect(masked.startsWith('before ') && masked.endsWith(' after')).toBe(true);
    for (const part of ['a$s', "w'o", 'rd 1', base64(NASTY).slice(4, 16), 'rd+100', 'rd%20100'])
      expect(masked).not.toContain(part);
  });

  it('and so is each line of a key', () => {
    const { privateKey: pem } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const secrets = secretsOf({ KEY: pem });
    const lines = pem.trim().split('\n');
    for (const text of [
      pem,
      JSON.stringify(pem),
      lines.join('\r\n'),
      lines.map((each) => `Nov 29 app: ${each}`).join('\n'),
      base64(pem),
    ]) {
      const masked = secrets.mask(text);
      for (const each of lines) expect(masked).not.toContain(each.slice(4, 12));
    }
    for (const each of lines) expect(secrets.mask(`x ${each} y`)).toBe('x [KEY] y');
  });

  it('and so is the password in a URL, by itself, as servers name it in their errors', () => {
    const secrets = secretsOf({ DSN: 'postgres://shop:hunter2%24x@db-a/shop' });
    expect(secrets.mask('password "hunter2$x" refused; hunter2%24x')).toBe('password "[DSN]" refused; [DSN]');
  });

  it('and one that ends with a line end, as files do', () => {
    expect(secretsOf({ PW: 'hunter2\n' }).mask('is hunter2, yes')).toBe('is [PW], yes');
  });
});

it('masks the longest of secrets that begin alike, once, and names stay as they are', () => {
  const secrets = secretsOf({
    SHOP_DB: 'hunter2',
    SHOP_DB_LONG: 'hunter2hunter2',
    ODD: 'SHOP_DB',
    TINY: 'ab',
  });
  expect(secrets.mask('hunter2 hunter2hunter2 ab')).toBe('[SHOP_DB] [SHOP_DB_LONG] ab');
  expect(secrets.mask(secrets.mask('hunter2hunter2 SHOP_DB'))).toBe('[SHOP_DB_LONG] [ODD]');
});

test.each([
  ['DB_PASSWORD="o\\"ld one" x', 'DB_PASSWORD="(hidden)" x'],
  ["export DB_PASSWORD='old one'\nA=1", "export DB_PASSWORD='(hidden)'\nA=1"],
  ['DB_PASSWORD=old one\nA=1', 'DB_PASSWORD=(hidden)\nA=1'],
  ['A=1\0DB_PASSWORD=old one\0B=2', 'A=1\0DB_PASSWORD=(hidden)\0B=2'],
  ['run with DB_PASSWORD=old, level=info', 'run with DB_PASSWORD=(hidden), level=info'],
  ['{"DB_PASSWORD": "old", "a": 1}', '{"DB_PASSWORD": "(hidden)", "a": 1}'],
  ['"{\\"DB_PASSWORD\\":\\"old\\",\\"a\\":1}"', '"{\\"DB_PASSWORD\\":\\"(hidden)\\",\\"a\\":1}"'],
  ['DB_PASSWORD: old one', 'DB_PASSWORD: (hidden)'],
  ['DB_PASSWORD="a [PW] b"', 'DB_PASSWORD="a [PW] b"'],
  ['DB_PASSWORD="a hunter2 b"', 'DB_PASSWORD="a [PW] b"'],
  [
    'MY_DB_PASSWORD=1 DB_PASSWORDS=2 DB_PASSWORD is not set',
    'MY_DB_PASSWORD=1 DB_PASSWORDS=2 DB_PASSWORD is not set',
  ],
])('what stands under the name of a secret is hidden, whoever set it: %j', (text, masked) => {
  expect(secretsOf({ PW: 'hunter2' }, 'DB_PASSWORD').mask(text)).toBe(masked);
});

it('cuts in the middle, and no character in two', () => {
  const secrets = secretsOf({});
  expect(excerpt(secrets.mask('abcdefgh'), 8)).toBe('abcdefgh');
  expect(excerpt(secrets.mask('abcdefgh'), 7)).toBe('abc…fgh');
  expect(excerpt(secrets.mask('😀😀😀😀'), 4)).toBe('…');
});

it('keeps up with 200 hosts of 500 lines a second, and then some', () => {
  const values = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`S${n}`, `${NASTY}${n}`]));
  const secrets = secretsOf({ ...values, KEY: 'x7'.repeat(20_000) }, 'DB_PASSWORD', 'API_TOKEN');
  const lines = Array.from(
    { length: 20_000 },
    (_, n) =>
      `2026-11-29T13:00:00.${n}Z INFO web-b-${n % 20} GET /api/orders/${n} "Mozilla/5.0 (X11; Linux)" 200 ${n % 97}ms`,
  );
  expect(lines.map((line) => secrets.mask(line))).toEqual(lines);
  const maskAll = (by: Secrets) => leastCpuMs(() => void lines.map((line) => by.mask(line)));
  const takesMs = maskAll(secrets);
  // About twice what it takes to read them as JSON, which any machine does fast enough; and no more than for one secret.
  expect(takesMs).toBeLessThan(
    8 * leastCpuMs(() => void lines.map((line) => JSON.parse(JSON.stringify(line)))),
  );
  expect(takesMs).toBeLessThan(3 * maskAll(secretsOf({ PW: NASTY }, 'DB_PASSWORD')));
});
