import { describe, expect, it } from 'vitest';
import { renderEnvFile } from '../../../src/lib/env/env-file.js';
import { envFileRefusal, parseEnvBytes, parseEnvFile } from '../../../src/lib/env/env-parse.js';
import { maskedText } from '../../../src/lib/masking/secret.js';
import { ENV_FILES, HARD_VALUES } from '../../support/env-files.js';

function valuesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    parseEnvFile(text).flatMap((entry) => (entry.kind === 'value' ? [[entry.name, entry.value]] : [])),
  );
}

describe('an environment file is read as systemd does:', () => {
  it.each(ENV_FILES)('%s', (_, text, values) => {
    expect(valuesOf(text)).toEqual(values);
  });

  it('what kuafu writes comes back as it was', () => {
    const values = Object.entries(HARD_VALUES).map(([name, value]) => ({ name, value: [value] }));
    expect(valuesOf(renderEnvFile(values, maskedText))).toEqual(HARD_VALUES);
  });
});

it('tells what is no value, with its line', () => {
  expect(parseEnvFile('A="one\ntwo"\n# old\nhello\nB-C=1\n')).toEqual([
    { kind: 'value', line: 1, name: 'A', value: 'one\ntwo' },
    { kind: 'comment', line: 3, text: '# old' },
    { kind: 'junk', line: 4, text: 'hello' },
    { kind: 'junk', line: 5, text: 'B-C=1' },
  ]);
});

it('knows what systemd refuses as a whole', () => {
  expect(envFileRefusal(Buffer.from('A=é\n'))).toBeUndefined();
  expect(envFileRefusal(Buffer.from('A=\0\n'))).toMatch('NUL');
  expect(envFileRefusal(Buffer.from([0x41, 0x3d, 0xe9, 0x0a]))).toBe('line 1 is not UTF-8');
  expect(envFileRefusal(Buffer.from('A=1\nB="\ufffe"\n'))).toBe('line 2 holds U+FFFE, which is no character');
  expect(envFileRefusal(Buffer.from('A-\u{1ffff}=1\n'))).toMatch('U+1FFFF');
});

it('takes any bytes where systemd does: in comments, and in lines that mean nothing', () => {
  const bytes = Buffer.from([
    ...Buffer.from('# caf'),
    0xe9,
    0x0a,
    0xff,
    0x0a,
    ...Buffer.from('A=日\n#\uffff\n'),
  ]);
  expect(envFileRefusal(bytes)).toBeUndefined();
  expect(parseEnvBytes(bytes)).toEqual([
    { kind: 'comment', line: 1, text: '# caf\ufffd' },
    { kind: 'junk', line: 2, text: '\ufffd' },
    { kind: 'value', line: 3, name: 'A', value: '日' },
    { kind: 'comment', line: 4, text: '#\uffff' },
  ]);
});

it.each([
  ['# x\\\nA=1\nB=2\n', ['B'], ['A', 'B']],
  ['; x\\\\\nA=1\n', ['A'], ['A']],
  ['# x\\\r\nA=1\n', ['A'], ['A']],
  ['#\\', [], []],
])('a comment that ends with a backslash goes on before systemd 254: %j', (text, before, since) => {
  const names = (version?: number) =>
    parseEnvFile(text, version).flatMap((entry) => (entry.kind === 'value' ? [entry.name] : []));
  expect([names(252), names(253), names(254), names()]).toEqual([before, before, since, since]);
});
