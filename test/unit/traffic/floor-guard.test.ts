import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StepContext } from '../../../src/lib/run/step-handler.js';
import { FloorGuard } from '../../../src/lib/traffic/floor-guard.js';
import { hostNamed } from '../../support/fake-room.js';

const HOSTS = Array.from({ length: 9 }, (_, index) => `b${index + 1}`);
const floor = { least: 5, members: 'b[1-9]', unit: 'shop.service', check: null, withinMs: 0 };

let guard: FloorGuard;
let clockMs: number;
const down = new Set<string>();
const asked: string[] = [];
const gone: string[] = [];
const waits: string[] = [];

beforeEach(() => {
  guard = new FloorGuard();
  clockMs = 5000;
  vi.spyOn(performance, 'now').mockImplementation(() => clockMs++);
  down.clear();
  asked.length = 0;
  gone.length = 0;
  waits.length = 0;
});
afterEach(() => vi.restoreAllMocks());

async function leave(name: string, withinMs = 0): Promise<void> {
  const context = {
    host: hostNamed(name),
    hostOf: hostNamed,
    sessionOf: async (member: string) => ({
      run: async () => {
        asked.push(member);
        return { exitCode: 0, stdout: `ActiveState=${down.has(member) ? 'failed' : 'active'}\n` };
      },
    }),
    waitsFor: (what: string) => {
      waits.push(what);
      down.clear();
    },
    signal: new AbortController().signal,
  } as unknown as StepContext;
  await guard.pass({ ...floor, withinMs }, [], context, async () => {
    gone.push(name);
    down.add(name);
  });
}

describe('a count of those that serve', () => {
  it('is one for all who want to go at once, and lets go as many as it allows', async () => {
    const ends = await Promise.allSettled(['b1', 'b2', 'b3', 'b4'].map((name) => leave(name)));
    expect(ends.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
    expect(asked.toSorted()).toEqual(HOSTS);
  });

  it('is made anew before anybody is refused, and of the one after whom the floor would break', async () => {
    const ends = await Promise.allSettled(['b1', 'b2', 'b3', 'b4', 'b5'].map((name) => leave(name)));
    expect(ends.map(({ status }) => status)).toEqual([...Array(4).fill('fulfilled'), 'rejected']);
    expect(gone).toEqual(['b1', 'b2', 'b3', 'b4']);
    expect(asked).toHaveLength(2 * HOSTS.length);
    down.delete('b1');
    await leave('b5');
    expect(gone).toContain('b5');
  });

  it('is not older than a second', async () => {
    await leave('b1');
    clockMs += 1000;
    for (const name of ['b6', 'b7', 'b8']) down.add(name);
    await expect(leave('b2')).rejects.toThrow(
      '5 of 9 hosts serve, and 5 must serve without this one (--keep); out or unhealthy: b[1,6-8]',
    );
    expect(asked).toHaveLength(2 * HOSTS.length);
  });
});

it('a host that does not serve goes, whoever else does', async () => {
  for (const name of ['b1', 'b2', 'b3', 'b4', 'b5']) down.add(name);
  await leave('b5');
  expect(gone).toEqual(['b5']);
});

it('says once while it waits who is out, how many must serve, and how long it waits for them', async () => {
  for (const name of ['b5', 'b6', 'b7', 'b8']) down.add(name);
  await leave('b1', 60_000);
  expect(gone).toEqual(['b1']);
  expect(waits).toEqual([
    '5 of 9 hosts serve, and 5 must serve without this one (--keep): waits until b[5-8] serve again, at most 60 s',
  ]);
});
