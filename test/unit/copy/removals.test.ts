import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

// Whatever removes a folder on a host stops at a mount, wherever the script stands.
const texts = ['templates', 'src'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(sh|ts)$/.test(name) && !name.startsWith('lab/'))
    .map((name) => ({ name: join(folder, name), text: readFileSync(join(folder, name), 'utf8') })),
);

it('removes no folder on a host across a mount', () => {
  const lines = texts.flatMap(({ name, text }) =>
    text.split('\n').map((line, index) => ({ place: `${name}:${index + 1}`, line: line.trim() })),
  );
  const removals = lines.filter(
    ({ line }) => /\brm +(-\w*[rR]|--recursive)/.test(line) && !/^(\*|#|\/\/)/.test(line),
  );
  expect(removals.length).toBeGreaterThan(4);
  expect(removals.filter(({ line }) => !line.includes('--one-file-system'))).toEqual([]);
  expect(lines.filter(({ line }) => /\bfind\b.*\s-delete\b/.test(line))).toEqual([]);
});
