import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateLedger } from '../support/generated-ledger.js';
import { scratchFolder } from '../unit/ledger/fixture.js';

const BIN = fileURLToPath(new URL('../../bin/kuafu.js', import.meta.url));

let folder: Awaited<ReturnType<typeof scratchFolder>>;

beforeAll(async () => {
  folder = await scratchFolder();
  const file = join(folder.path, 'ledger.db');
  await generateLedger(file, 100, new Date('2026-11-23T10:00:00.000Z'));
  await writeFile(
    join(folder.path, 'kuafu.config.yaml'),
    `ledger: 'sqlite:${file}'\nrooms: {A: {network: 198.18.1.0/24, hosts: {web-a-01: 198.18.1.11}}}\n`,
  );
  await writeFile(join(folder.path, 'pager'), '#!/bin/sh\necho "paged with LESS=$LESS"\nhead -n 2\n');
  await chmod(join(folder.path, 'pager'), 0o755);
});

afterAll(() => folder.remove());

/** On a terminal of 24 lines, by script(1); what is on it afterwards, and the exit code. */
async function onTerminal(words: string, pager: string): Promise<{ lines: string[]; code: string }> {
  const command = `stty rows 24 cols 100; '${process.execPath}' '${BIN}' ${words}; echo "code $?"`;
  const { PAGER: _pager, LESS: _less, ...env } = process.env;
  const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], {
    cwd: folder.path,
    env: { ...env, NO_COLOR: '1', TERM: 'xterm', PAGER: pager, KUAFU_CONFIG: '' },
  });
  const lines = stdout.trimEnd().split(/\r?\n/);
  return { code: lines.pop() ?? '', lines };
}

it('shows a long table by way of $PAGER, which may leave before its end', async () => {
  const { lines, code } = await onTerminal('ops list --limit 100', `${folder.path}/pager`);
  expect(code).toBe('code 0');
  expect(lines.slice(0, 2)).toEqual(['paged with LESS=FRX', expect.stringMatching(/^ID +STATE/)]);
  expect(lines.join('\n')).not.toMatch(/EPIPE|kuafu: /);
});

it.each([
  ['ops list --limit 100 --no-pager', 'pager', 100],
  ['ops list --limit 100', '/nowhere/pager', 100],
  ['ops list --limit 100', '', 100],
  ['ops list --limit 5', 'pager', 5],
  ['ops list --limit 100 --csv', 'pager', 100],
])('%s with PAGER=%j is shown as it is', async (words, pager, rows) => {
  const { lines, code } = await onTerminal(words, pager === 'pager' ? `${folder.path}/pager` : pager);
  expect(code).toBe('code 0');
  expect(lines.filter((line) => /^\d{6}-\d{4}/.test(line))).toHaveLength(rows);
});
