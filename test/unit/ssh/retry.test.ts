import { expect, test } from 'vitest';
import { ConnectError, type ConnectFailure } from '../../../src/lib/ssh/connect-error.js';
import { retryDropped } from '../../../src/lib/ssh/retry.js';

function failing(times: number, failure: ConnectFailure) {
  const seen = { calls: 0 };
  const connect = async () => {
    if (++seen.calls <= times) throw new ConnectError('web', failure, `try ${seen.calls}`);
    return 'in';
  };
  return { seen, connect };
}

function policy(waits: number[], random = 0.5, withinMs = 60_000) {
  const wait = async (ms: number) => {
    waits.push(ms);
  };
  return { tries: 4, withinMs, random: () => random, wait };
}

test('dropped three times, in at the fourth, with doubling waits', async () => {
  const waits: number[] = [];
  expect(await retryDropped(failing(3, 'dropped').connect, policy(waits))).toBe('in');
  expect(waits).toEqual([200, 400, 800]);
});

test.each([
  [0, [100, 200, 400]],
  [0.999, [299.8, 599.6, 1199.2]],
])('waits vary by half with random %s', async (random, expected) => {
  const waits: number[] = [];
  await retryDropped(failing(3, 'dropped').connect, policy(waits, random));
  waits.forEach((wait, n) => {
    expect(wait).toBeCloseTo(expected[n] ?? 0, 5);
  });
});

test('after four it is over, with the last error', async () => {
  const { seen, connect } = failing(9, 'dropped');
  await expect(retryDropped(connect, policy([]))).rejects.toThrow('try 4');
  expect(seen.calls).toBe(4);
});

test('no try starts after the time is up', async () => {
  const { seen, connect } = failing(9, 'dropped');
  await expect(retryDropped(connect, policy([], 0.5, 300))).rejects.toThrow('try 2');
  expect(seen.calls).toBe(2);
});

test.each<ConnectFailure>([
  'unreachable',
  'timed-out',
  'host-key-unknown',
  'host-key-changed',
  'auth-refused',
  'unsupported',
])('%s is never tried again', async (failure) => {
  const { seen, connect } = failing(1, failure);
  await expect(retryDropped(connect, policy([]))).rejects.toMatchObject({ failure });
  expect(seen.calls).toBe(1);
});

test('nor is any other error', async () => {
  const broken = () => Promise.reject(new TypeError('bug'));
  await expect(retryDropped(broken, policy([]))).rejects.toThrow('bug');
});

test('an abort ends the waiting with its reason', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('enough')), 20);
  const { connect } = failing(9, 'dropped');
  const running = retryDropped(connect, { tries: 4, withinMs: 60_000, signal: stop.signal });
  await expect(running).rejects.toThrow('enough');
});
