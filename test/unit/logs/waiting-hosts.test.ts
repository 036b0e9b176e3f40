import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grepLogs } from '../../../src/lib/logs/grep.js';
import type { HostLogs } from '../../../src/lib/logs/sources.js';
import { tailLogs } from '../../../src/lib/logs/tail.js';
import { autoStamps } from '../../../src/lib/logs/times/auto-stamps.js';
import type { Host } from '../../../src/lib/names/host.js';
import { connectionsTo } from '../../support/this-machine.js';

// Two hosts, which are this machine: one has its log, the other has none.
let folder = '';
const filter = { grep: ['word'], exclude: [], ignoreCase: false };
const signal = new AbortController().signal;
const connections = connectionsTo({});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-waiting-'));
  writeFileSync(join(folder, 'here.log'), 'a word\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function logsOf(isWaiting: boolean): HostLogs[] {
  return ['here', 'none'].map((name) => ({
    host: { name, ssh: { user: 'root' } } as Host,
    sources: { files: [join(folder, `${name}.log`)], journal: undefined },
    isWaiting: async () => isWaiting && name === 'none',
  }));
}

function noticesOf(): { notices: string[]; notice: (host: string, message: string) => void } {
  const notices: string[] = [];
  return { notices, notice: (host, message) => void notices.push(`${host}: ${message}`) };
}

const search = {
  filter,
  context: 0,
  sinceMs: undefined,
  untilMs: undefined,
  stamps: autoStamps,
  forks: 2,
};

describe.each([
  [true, 'none: not started yet: there is no '],
  [false, 'none: there is no '],
])('a host without a log that waits for its first start: %j', (isWaiting, told) => {
  it('is searched, and failed only where its log should be there', async () => {
    const { notices, notice } = noticesOf();
    const tools = { connections, notice, sink: async () => true, signal };
    const { ends, lines } = await grepLogs(logsOf(isWaiting), search, tools);
    expect(Object.fromEntries(ends)).toEqual({ here: 'searched', none: isWaiting ? 'searched' : 'failed' });
    expect({ lines, notices }).toEqual({ lines: 1, notices: [`${told}${join(folder, 'none.log')}`] });
  });

  it('is told from those that have nothing when logs are read', async () => {
    const { notices, notice } = noticesOf();
    const request = {
      filter,
      lastLines: 5,
      sinceMs: undefined,
      follow: false,
      maxRate: Number.POSITIVE_INFINITY,
      windowMs: 0,
      stamps: autoStamps,
    };
    const events = { notice, dropped: () => undefined };
    const tools = { connections, events, sink: async () => true, signal };
    const { empty, waiting } = await tailLogs(logsOf(isWaiting), request, tools);
    expect({ empty, waiting }).toEqual({ empty: ['none'], waiting: isWaiting ? ['none'] : [] });
    expect(notices).toEqual([`${told}${join(folder, 'none.log')}`]);
  });
});

it.each([
  ['a file is in the place of its folder', () => writeFileSync(join(folder, 'blind'), ''), 'is no folder'],
  ['its folder is a link around', () => symlinkSync('blind', join(folder, 'blind')), 'leads nowhere'],
])(
  'a host whose log cannot be looked for, as %s, has failed, whether it waits or not',
  async (_, make, why) => {
    make();
    try {
      const [first] = logsOf(true);
      const logs = [
        { ...first, sources: { files: [join(folder, 'blind/x.log')], journal: undefined } },
      ] as HostLogs[];
      const waiting = logs.map((each) => ({ ...each, isWaiting: async () => true }));
      const { notices, notice } = noticesOf();
      const tools = { connections, notice, sink: async () => true, signal };
      expect([...(await grepLogs(waiting, search, tools)).ends.values()]).toEqual(['failed']);
      const tail = {
        filter,
        lastLines: 5,
        sinceMs: undefined,
        follow: false,
        maxRate: 9,
        windowMs: 0,
        stamps: autoStamps,
      };
      const events = { notice, dropped: () => undefined };
      const found = await tailLogs(waiting, tail, { connections, events, sink: async () => true, signal });
      expect(found).toMatchObject({ empty: ['here'], waiting: [] });
      expect(notices.map((each) => each.includes(why))).toEqual([true, true]);
    } finally {
      rmSync(join(folder, 'blind'));
    }
  },
);
