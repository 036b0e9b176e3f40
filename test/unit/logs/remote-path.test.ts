import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { localName } from '../../../src/lib/logs/local-name.js';
import { pathBytes, pathOf, pathWord, shownPath } from '../../../src/lib/logs/remote-path.js';
import { random } from '../../support/random.js';

const PIECES = [
  'a',
  '.log',
  '\n',
  '\r',
  '\t',
  ' ',
  '$(x)',
  '`x`',
  "'",
  '"',
  '\\',
  '%',
  '%2e',
  '-',
  '*',
  '[',
  'é',
  '日',
  '\u001b[2J',
  '\u202e',
  '\u009b',
  '😀',
  '..',
];
const RAW = [0xff, 0x80, 0xc3, 0xed, 0xb3, 0xbf, 0x01, 0x7f];

/** Bytes as a hostile name may have them: none is 0 or a slash. */
function hostileName(next: () => number): Buffer {
  const parts = Array.from({ length: 1 + Math.floor(next() * 6) }, () =>
    next() < 0.7
      ? Buffer.from(PIECES[Math.floor(next() * PIECES.length)] ?? '')
      : Buffer.of(RAW[Math.floor(next() * RAW.length)] ?? 1),
  );
  return Buffer.concat(parts);
}

describe('paths of hosts', () => {
  const next = random(7);
  const names = Array.from({ length: 3000 }, () => hostileName(next));

  it('come back as the very bytes they were, whatever those are', () => {
    for (const name of names) expect(pathBytes(pathOf(name)).equals(name)).toBe(true);
  });

  it('are one word without anything that a shell knows, and printf makes the bytes of it', () => {
    const words = names.map((name) => pathWord(pathOf(name)));
    for (const word of words) expect(word).toMatch(/^[A-Za-z0-9./_\\-]+$/);
    const some = words.slice(0, 200);
    const script = 'for word; do printf "%b" "$word"; printf "\\0"; done';
    const bytes = execFileSync('sh', ['-c', script, 'sh', ...some]);
    const wanted = Buffer.concat(names.slice(0, 200).flatMap((name) => [name, Buffer.of(0)]));
    expect(bytes.equals(wanted)).toBe(true);
  });

  it('are shown in one harmless line', () => {
    for (const name of names) expect(shownPath(pathOf(name))).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(shownPath('/a\nb\u001b[2J\\')).toBe('/a\\nb\\x1b[2J\\\\');
    expect(shownPath(pathOf(Buffer.from([0x2f, 0xff])))).toBe('/\\xff');
    expect(shownPath(`/${'x'.repeat(4000)}`)).toHaveLength(241);
  });

  it('have a local name each, below the folder of their host', () => {
    const different = new Set(names.map((name) => `/v/${pathOf(name)}`));
    const local = [...different].map((path) => localName('web', path));
    expect(new Set(local).size).toBe(different.size);
    for (const name of local) {
      expect(name.startsWith('web/v/')).toBe(true);
      expect(name).not.toMatch(/[\p{C}]/u);
    }
    expect(localName('web', '/var/log/app.log')).toBe('web/var/log/app.log');
    expect(localName('web', '/../../etc/x')).toBe('web/%2e%2e/%2e%2e/etc/x');
    expect(localName('web', `/${'n'.repeat(255)}`)).toMatch(/^web\/%cut[0-9a-f]{32}$/);
    expect(localName('web', `/${'name/'.repeat(800)}x`)).toMatch(/^web\/%long\/[0-9a-f]{32}$/);
  });
});
