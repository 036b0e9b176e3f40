import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpool } from '../../../src/lib/copy/archive-spool.js';
import { OutDir } from '../../../src/lib/fanout/out-dir.js';
import { makeFolder } from '../../../src/lib/logs/local-folder.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import { replaceFile } from '../../../src/lib/own-files/write.js';
import { isRoot, NOBODY } from '../../support/file-kinds.js';

/** Puts a folder, then a link to root's folder, in place of one another as fast as it can. */
const SWAP = 'while :; do mkdir "$1"; rmdir "$1"; ln -s "$2" "$1"; rm "$1"; done 2>/dev/null';
const ROUNDS = 200;

let folder: string;
let attacker: ChildProcess;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-race-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'shared'));
  chmodSync(join(folder, 'shared'), 0o1777);
  mkdirSync(join(folder, 'precious'), { mode: 0o755 });
  for (const name of ['copy-000000000000-1-1-x', 'page.html'])
    writeFileSync(join(folder, 'precious', name), 'root');
});

afterEach(() => {
  attacker?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(isRoot)(
  'somebody who swaps a folder and a link in a place that all can write',
  { timeout: 60_000 },
  () => {
    it.each([
      ['archives on their way', (path: string) => openSpool(path)],
      ['fetched logs', (path: string) => makeFolder(path)],
      ['output of hosts', (path: string) => OutDir.open(path, new Secrets())],
      ['a folder in it', (path: string) => makeFolder(join(path, 'deep/er'))],
      ['a page', (path: string) => replaceFile(join(path, 'page.html'), 'new')],
    ] as const)(`has nothing of root’s touched, in ${ROUNDS} rounds: %s`, async (_what, use) => {
      const prize = join(folder, 'shared', 'target');
      const before = readdirSync(join(folder, 'precious'));
      attacker = spawn('sh', ['-c', SWAP, 'sh', prize, join(folder, 'precious')], {
        uid: NOBODY,
        gid: NOBODY,
      });
      for (let round = 0; round < ROUNDS; round += 1) {
        // Where we were faster the folder is ours, and he is out; so begin anew.
        try {
          await use(prize);
          rmSync(prize, { recursive: true, force: true });
        } catch {
          // Refused, or the folder was gone: both are fine.
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(readdirSync(join(folder, 'precious'))).toEqual(before);
    });
  },
);
