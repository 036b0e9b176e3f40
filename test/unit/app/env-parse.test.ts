import { describe, expect, it } from 'vitest';
import { renderEnvFile } from '../../../src/lib/app/env-file.js';
import { envFileRefusal, parseEnvFile } from '../../../src/lib/app/env-parse.js';
import { maskedText } from '../../../src/lib/secret.js';
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
  expect(envFileRefusal(Buffer.from([0x41, 0x3d, 0xe9, 0x0a]))).toMatch('UTF-8');
});
