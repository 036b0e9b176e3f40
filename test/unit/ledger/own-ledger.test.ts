import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isOwnLedger } from '../../../src/lib/ledger/own-ledger.js';

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-closed-'));
  mkdirSync(join(folder, 'closed'));
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'closed'), 0);
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a ledger that belongs to another account is told as such, with what to do', () => {
  const file = join(folder, 'closed', 'ledger.db');
  // Root may read everything.
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    expect(() => isOwnLedger(file)).toThrow(
      expect.objectContaining({
        message: `the ledger ${file} cannot be read: permission denied`,
        hint: 'what is in it is known to the account that has it alone: run kuafu as that one, or name another place under `ledger` in the configuration',
      }),
    );
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});
