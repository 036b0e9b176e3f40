import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { hostScript } from '../../src/host-script.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Scripts by the effect that the sources give them. */
const CALL = /scriptCommand\(\s*hostScript\('([^']+)'\)[^;]*?'(read|write)'/g;

function scriptsThat(effect: 'read' | 'write'): string[] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const calls = files.flatMap((file) => [...readFileSync(join(SRC, file), 'utf8').matchAll(CALL)]);
  return [...new Set(calls.flatMap(([, name = '', said]) => (said === effect ? [name] : [])))].sort();
}

const reading = scriptsThat('read');

it('no script is marked as a read in one place and as a write in another', () => {
  expect(reading.length).toBeGreaterThan(15);
  expect(scriptsThat('write').filter((name) => reading.includes(name))).toEqual([]);
});

it.each(reading)('%s has no here document, which is a file in TMPDIR to some shells', (name) => {
  const code = hostScript(name).replaceAll(/(^|\s)#.*$/gm, '$1');
  expect(code).not.toMatch(/<<-?\s*['"\w]/);
});
