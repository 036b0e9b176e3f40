import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FailedError } from '../../../src/lib/errors.js';
import { fetchFile } from '../../../src/lib/logs/fetch-file.js';
import type { ReadSession } from '../../../src/lib/ssh/transport.js';

it('leaves nothing of a file that its host does not open', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kuafu-fetch-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = { id: '1', path: '/var/log/a', log: '/var/log/a', mtimeMs: 0, size: 100, mode: 0o640 };
  const session = { run: async () => ({ exitCode: 99, stdout: '', stderr: '' }) } as unknown as ReadSession;
  const { signal } = new AbortController();
  const tools = { session, sources: { files: [] }, user: 'root', signal } as unknown as Parameters<
    typeof fetchFile
  >[3];
  const fetched = fetchFile(file, join(folder, 'whole/a'), join(folder, 'part/a'), tools);
  await expect(fetched).rejects.toThrow(FailedError);
  expect(await readdir(join(folder, 'part'))).toEqual([]);
});
