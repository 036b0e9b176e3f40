import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { FailedError } from '../../../src/lib/errors.js';
import { OutDir } from '../../../src/lib/fanout/out-dir.js';
import { type HostOutcome, scoresOf } from '../../../src/lib/fanout/outcome.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import { RESERVE } from '../../../src/lib/own-files/disk-reserve.js';
import { smallDisk } from '../../support/small-disk.js';

vi.mock('node:fs/promises', async (load) =>
  (await import('../../support/small-disk.js')).withSmallDisk(await load()),
);

const MB = 1024 ** 2;

function outcome(host: string, over: Partial<HostOutcome> = {}): HostOutcome {
  return {
    host,
    status: 'exited',
    exitCode: 0,
    signal: null,
    stdout: '',
    stderr: '',
    truncated: { stdout: false, stderr: false },
    message: '',
    hint: '',
    elapsedMs: 1,
    ...over,
  };
}

it('output without end leaves the reserve of the disk; the other hosts have their files', async () => {
  const dir = await OutDir.open(join(smallDisk(RESERVE + 6 * MB), 'out'), new Secrets());
  await dir.append('web-1', Buffer.from('up\n'));
  const flood = async () => {
    for (let sent = 0; sent < 16 * MB; sent += MB) await dir.append('web-2', Buffer.alloc(MB, 'y\n'));
  };
  const full = `no more is written to ${dir.folder}: less than 67.1 MB would stay free on its disk`;
  await expect(flood()).rejects.toMatchObject({ exitCode: 4, message: full });
  expect(statSync(join(dir.folder, 'web-2.out')).size).toBe(5 * MB);

  const failed = outcome('web-2', { status: 'failed', exitCode: null, message: full });
  const loud = outcome('web-3', { stdout: 'head', stderr: 'x'.repeat(2 * MB) });
  const ends = await dir.finish([outcome('web-1'), failed, loud, outcome('web-4')]);
  expect(ends).toEqual([
    outcome('web-1'),
    failed,
    { ...loud, status: 'failed', exitCode: null, message: full },
    outcome('web-4'),
  ]);
  expect(scoresOf(ends)).toEqual({ done: 2, failed: 2, unreachable: 0, pending: 0 });
  expect(readFileSync(join(dir.folder, 'web-1.out'), 'utf8')).toBe('up\n');
  expect(readFileSync(join(dir.folder, 'web-4.out'), 'utf8')).toBe('');
});

it('nothing is written behind a gap', async () => {
  const secrets = new Secrets();
  secrets.add('PASSWORD', 'tr0ub4dor-and-3-longer-words');
  const dir = await OutDir.open(join(smallDisk(RESERVE), 'out'), secrets);
  await dir.append('web-1', Buffer.from('short'));
  await expect(dir.append('web-1', Buffer.from('x'.repeat(100_000)))).rejects.toThrow(FailedError);
  await dir.finish([outcome('web-1', { status: 'failed', exitCode: null })]);
  expect(readFileSync(join(dir.folder, 'web-1.out'), 'utf8')).toBe('');
});
