import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../../../src', import.meta.url));

/** What the words of a host are called in this program, and what shortens them. */
const CUT =
  /\b(?:stderr|stdout|lastLine|said|complaints|message|reason|answer|complaint|tail)\b(?:\s*\.\w+\((?:[^()]|\([^()]*\))*\))*?\s*\.(?:slice|substring|substr|truncate)\(/g;

/** Cuts that leave nothing out which anybody would be shown. */
const FINE = new Map([
  ['lib/logs/fetch-file.ts', 'a digest, of which the rest of the line is cut off'],
  ['lib/logs/host-grep.ts', 'the name of the program in front'],
  ['lib/ui/frame/fold-messages.ts', 'the name of the host in front'],
]);

test('nothing that a host said is cut but by excerpt(), which takes what was masked', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.startsWith('lib/lab/') && !FINE.has(name),
  );
  const found = files.flatMap((name) =>
    [...readFileSync(join(SRC, name), 'utf8').matchAll(CUT)].map(([text]) => `${name}: ${text}`),
  );
  expect(files.length).toBeGreaterThan(200);
  expect(found).toEqual([]);
});

test('the test finds what it is for', () => {
  for (const line of [
    'state.lastLine.slice(0, 200)',
    'const tail = result.stderr.trim().slice(-TAIL)',
    "tail.join(' | ').slice(-300)",
    'message.substring(0, 9)',
  ])
    expect(line.match(CUT), line).not.toBeNull();
});
