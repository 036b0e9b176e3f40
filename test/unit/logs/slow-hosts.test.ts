import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tailLogs } from '../../../src/lib/logs/tail.js';
import type { TailRequest } from '../../../src/lib/logs/tail-request.js';
import { autoStamps } from '../../../src/lib/logs/times/auto-stamps.js';
import type { Host } from '../../../src/lib/names/host.js';
import { connectionsTo } from '../../support/this-machine.js';

// The follower itself, by the sh of this machine, behind links that take their time.
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-slow-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A log whose lines were written in these seconds. */
function log(name: string, seconds: Iterable<number>): string {
  const path = join(folder, name);
  const lines = Array.from(seconds, (second) => `${new Date(second * 1000).toISOString()} ${name}\n`);
  writeFileSync(path, lines.join(''));
  return path;
}

const REQUEST: TailRequest = {
  filter: { grep: [], exclude: [], ignoreCase: false },
  lastLines: 2,
  sinceMs: undefined,
  follow: false,
  maxRate: Number.POSITIVE_INFINITY,
  windowMs: 0,
  stamps: autoStamps,
};

/** The seconds of the lines, as they came out, and what was said beside them. */
async function secondsOf(
  logs: Readonly<Record<string, readonly string[]>>,
  lateMs: Readonly<Record<string, number>>,
  request: Partial<TailRequest> = {},
): Promise<{ seconds: number[]; notices: string[] }> {
  const seconds: number[] = [];
  const notices: string[] = [];
  const hosts = Object.entries(logs).map(([name, files]) => ({
    host: { name, ssh: { user: 'root' } } as Host,
    sources: { files, journal: undefined },
  }));
  const sink = async (lines: readonly { key: number }[]) => {
    seconds.push(...lines.map(({ key }) => key / 1000));
    return true;
  };
  const events = {
    notice: (host: string, said: string) => notices.push(`${host}: ${said}`),
    dropped: () => {},
  };
  const { ends } = await tailLogs(
    hosts,
    { ...REQUEST, ...request },
    { connections: connectionsTo(lateMs), events, sink, signal: new AbortController().signal },
  );
  expect([...ends.values()]).toEqual(hosts.map(() => 'read'));
  return { seconds, notices };
}

function range(from: number, to: number, step = 1): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
}

it('what is there is in the order of its times, however late a host answers', async () => {
  const logs = { fast: [log('a', [4, 6])], slow: [log('b', [1, 5])], slower: [log('c', [2, 3])] };
  const { seconds, notices } = await secondsOf(logs, { slow: 120, slower: 200 });
  expect(seconds).toEqual([1, 2, 3, 4, 5, 6]);
  expect(notices).toEqual([]);
}, 30_000);

it('also where it is more than waits here at a time, of several logs one after the other', async () => {
  const logs = {
    fast: [log('late', range(9000, 15_000)), log('early', range(0, 9000))],
    slow: [log('odd', range(0, 9000, 3)), log('empty', [])],
  };
  const { seconds, notices } = await secondsOf(logs, { slow: 20 }, { lastLines: 20_000 });
  expect(seconds).toHaveLength(18_000);
  expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  expect(notices).toEqual([]);
}, 60_000);

it('also where a filter leaves little of one log', async () => {
  const logs = { fast: [log('much', range(0, 9000)), log('little', range(5000, 14_000))] };
  const filter = { grep: ['much', '0:00.000Z'], exclude: [], ignoreCase: false };
  const { seconds } = await secondsOf(logs, {}, { lastLines: 20_000, filter });
  expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  expect(seconds.length).toBeGreaterThan(9000);
}, 60_000);
