import { readdirSync, statSync } from 'node:fs';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { FailedError } from '../../../src/lib/errors.js';
import { fetchLogs } from '../../../src/lib/logs/fetch.js';
import { fetchFile } from '../../../src/lib/logs/fetch-file.js';
import { readManifest, writeManifest } from '../../../src/lib/logs/manifest.js';
import { DiskReserve, RESERVE } from '../../../src/lib/own-files/disk-reserve.js';
import type { ReadConnections, ReadIo, ReadSession } from '../../../src/lib/ssh/transport.js';
import { freeOnDisk, smallDisk } from '../../support/small-disk.js';
import { host } from '../ledger/fixture.js';

vi.mock('node:fs/promises', async (load) =>
  (await import('../../support/small-disk.js')).withSmallDisk(await load()),
);
vi.mock('../../../src/lib/logs/list.js', () => ({
  listLogs: async () => ({ files: [], missing: [], failures: [], notices: [], clockMs: 0, zoneMinutes: 0 }),
}));

const LINE = '2026-12-01T10:00:00 host app: line\n';
const MB = 1024 ** 2;

/** Sends so many lines, as a channel does: the next chunk once the last one was taken. */
function sender(bytes: number, exitCode = 0) {
  const sent = { bytes: 0, lowest: Number.POSITIVE_INFINITY };
  const chunk = Buffer.from(LINE.repeat(Math.ceil(Math.min(bytes, 256 * 1024) / LINE.length)));
  const run = async (_: unknown, { onStdout }: ReadIo = {}) => {
    for (; sent.bytes < bytes; sent.bytes += chunk.length) {
      await onStdout?.(chunk);
      sent.lowest = Math.min(sent.lowest, freeOnDisk());
    }
    return { exitCode, signal: null, stdout: '', stderr: '', truncated: false };
  };
  return { sent, session: { run } as unknown as ReadSession };
}

function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => statSync(join(folder, name)).isFile()).sort();
}

async function fetchJournals(folder: string, senders: Readonly<Record<string, ReadSession>>) {
  const connections: ReadConnections = {
    session: async ({ name }: { name: string }) => senders[name] as ReadSession,
  } as unknown as ReadConnections;
  const sources = { files: [], journal: 'shop.service' };
  const logs = Object.keys(senders).map((name) => ({ host: host(name), sources }));
  const nothing = () => undefined;
  const { signal } = new AbortController();
  const tools = { connections, notice: nothing, progress: nothing, ended: nothing, signal };
  return await fetchLogs(logs, { folder, sinceMs: undefined, forks: 3 }, tools);
}

it('stays free of a journal without end: its host fails, nothing of it is left, and the others go on', async () => {
  const folder = smallDisk(RESERVE + 8 * MB);
  const flood = sender(32 * MB);
  const { files, failed } = await fetchJournals(folder, {
    'web-1': sender(1000).session,
    'web-2': flood.session,
    'web-3': sender(1000).session,
  });
  expect(failed).toEqual([
    {
      host: 'web-2',
      message: `no more is written to ${folder}: less than 67.1 MB would stay free on its disk`,
    },
  ]);
  expect(files.map((file) => file.host).sort()).toEqual(['web-1', 'web-3']);
  expect(flood.sent.bytes).toBeGreaterThan(7 * MB);
  expect(flood.sent.lowest).toBeGreaterThanOrEqual(RESERVE);
  expect(filesIn(folder)).toEqual(['web-1', 'web-3'].map((name) => `${name}/journal/shop.service.log`));
});

it('nothing is left of a journal that ended with an error', async () => {
  const folder = smallDisk(RESERVE + 8 * MB);
  const { failed } = await fetchJournals(folder, { 'web-1': sender(5000, 1).session });
  expect(failed).toEqual([{ host: 'web-1', message: 'the journal of shop.service: status 1' }]);
  expect(filesIn(folder)).toEqual([]);
});

it('stays free of files while others fill the disk; what came is kept for the next fetch', async () => {
  const folder = smallDisk(RESERVE + MB);
  const file = { id: '1', path: '/var/log/a', log: '/var/log/a', mtimeMs: 0, size: 4 * MB, mode: 0o640 };
  const { session, sent } = sender(4 * MB - 1024);
  const { signal } = new AbortController();
  const sources = { files: [], journal: undefined };
  const tools = { session, sources, user: 'root', reserve: new DiskReserve(folder), signal };
  await expect(fetchFile(file, join(folder, 'whole/a'), join(folder, 'part/a'), tools)).rejects.toThrow(
    /^no more is written to/,
  );
  expect(sent.lowest).toBeGreaterThanOrEqual(RESERVE);
  expect((await stat(join(folder, 'part/a'))).size).toBe(sent.bytes);
});

it('a manifest that cannot be written or read fails with a sentence that names it', async () => {
  const folder = smallDisk(RESERVE);
  const file = join(folder, 'manifest.json');
  await mkdir(file);
  await chmod(folder, 0o700);
  const failure = await writeManifest(folder, {}).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FailedError);
  expect(failure).toMatchObject({
    exitCode: 4,
    message: expect.stringContaining(`${file} cannot be written: E`),
  });
  expect(readdirSync(folder)).toEqual(['manifest.json']);
  await expect(readManifest('/proc/self/mem\0')).rejects.toThrow(FailedError);
});
