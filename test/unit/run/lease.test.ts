import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LeaseLostError } from '../../../src/lib/ledger/errors.js';
import { HEARTBEAT_MS, LEASE_MS } from '../../../src/lib/ledger/ledger.js';
import { fenced } from '../../../src/lib/run/fence.js';
import { Lease } from '../../../src/lib/run/lease.js';
import type { Connections, Session } from '../../../src/lib/ssh/transport.js';

/** A lease, and what became of it; `renew` is what the ledger says. */
function held(renew: () => Promise<boolean>) {
  let now = 1000;
  const seen: string[] = [];
  const lease = new Lease({
    operation: '261129-k3f9',
    renew,
    onStale: (reason) => seen.push(`stale: ${reason.message}`),
    onLost: (reason) => seen.push(`lost: ${reason.message}`),
    clock: () => now,
  });
  /** Time passes, and the timer's work is done each second. */
  const pass = async (ms: number) => {
    for (const until = now + ms; now < until; now += 1000) {
      lease.look();
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { lease, seen, pass, stop: (ms: number) => (now += ms) };
}

describe('a lease', () => {
  it('is renewed in time, and asks for no more than that', async () => {
    const renew = vi.fn(async () => true);
    const { lease, seen, pass } = held(renew);
    await pass(10 * LEASE_MS);
    lease.require();
    expect(seen).toEqual([]);
    expect(renew.mock.calls.length).toBeLessThanOrEqual((10 * LEASE_MS) / HEARTBEAT_MS);
  });

  it.each([
    ['answers with errors', () => Promise.reject(new Error('unreachable'))],
    ['does not answer', () => new Promise<boolean>(() => undefined)],
  ])('of a ledger that %s: no step starts after 20 s, nothing goes on after 25', async (_, renew) => {
    const { lease, seen, pass } = held(renew);
    await pass(20_000);
    expect(seen).toEqual([]);
    await pass(4000);
    lease.require();
    expect(seen).toEqual([
      expect.stringMatching(/^stale: .*not kept alive for 20 s.*no further step starts/),
    ]);
    await pass(2000);
    expect(seen.slice(1)).toEqual([
      expect.stringMatching(/^lost: .*for 25 s.*it does nothing more on any host/),
    ]);
    expect(() => lease.require()).toThrow('not kept alive');
    expect(25_000).toBeLessThan(LEASE_MS);
  });

  it('goes on where the ledger was away for less than that', async () => {
    let isAway = true;
    const { lease, seen, pass } = held(async () => {
      if (isAway) throw new Error('unreachable');
      return true;
    });
    await pass(15_000);
    isAway = false;
    await pass(60_000);
    lease.require();
    expect(seen).toEqual([]);
  });

  it('is over after a stop of the process, before any timer has said so, and for good', async () => {
    const renew = vi.fn(async () => true);
    const { lease, seen, pass, stop } = held(renew);
    await pass(5000);
    stop(40_000);
    expect(() => lease.require()).toThrow('not kept alive for 45 s');
    await pass(60_000);
    expect(() => lease.require()).toThrow('not kept alive');
    expect(seen).toHaveLength(1);
    expect(renew).not.toHaveBeenCalled();
  });

  it('that is somebody else’s now is lost at once', async () => {
    const { lease, seen, pass } = held(async () => false);
    await pass(HEARTBEAT_MS + 2000);
    expect(seen).toEqual([expect.stringContaining('lost: operation 261129-k3f9 was taken over or closed')]);
    expect(() => lease.require()).toThrow(LeaseLostError);
  });
});

describe('connections behind a fence', () => {
  const sent: string[] = [];
  let isOver = false;
  beforeEach(() => {
    sent.length = 0;
    isOver = false;
  });
  afterEach(() => expect(isOver).toBe(true));

  it('give each session once, pass everything on, and nothing once it is over', async () => {
    const note = (what: string) => async (): Promise<never> => {
      sent.push(what);
      return undefined as never;
    };
    const session = {
      host: 'web-b-01',
      run: note('run'),
      opensAnother: note('another'),
      connectUnix: note('unix'),
      connectTcp: note('tcp'),
    } as unknown as Session;
    const plain = { session: async () => session } as unknown as Connections;
    const connections = fenced(plain, () => {
      if (isOver) throw new Error('over');
    });
    const host = {} as never;
    const behind = await connections.session(host);
    expect(await connections.session(host)).toBe(behind);
    const all = () => [
      () => behind.run({ words: ['true'], effect: 'write', timeoutMs: 1 }),
      () => behind.opensAnother(),
      () => behind.connectUnix('/run/x', 1),
      () => behind.connectTcp('127.0.0.1', 80, 1),
      () => connections.session(host),
    ];
    for (const go of all()) await go();
    expect(sent).toEqual(['run', 'another', 'unix', 'tcp']);
    isOver = true;
    for (const go of all()) await expect(go()).rejects.toThrow('over');
    expect(sent).toHaveLength(4);
  });
});
