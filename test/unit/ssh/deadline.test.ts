import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from '../../../src/lib/ssh/deadline.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('it aborts with the reason of that moment', () => {
  let progress = 'no answer';
  const deadline = new Deadline(1000, () => new Error(progress));
  progress = 'silent';
  vi.advanceTimersByTime(999);
  expect(deadline.signal.aborted).toBe(false);
  expect(deadline.leftMs).toBe(1);
  vi.advanceTimersByTime(1);
  expect(deadline.signal.reason).toEqual(new Error('silent'));
  expect(deadline.leftMs).toBe(0);
});

test('a person does not use it up', async () => {
  const deadline = new Deadline(1000, () => new Error('late'));
  vi.advanceTimersByTime(400);
  await deadline.whileHuman(async () => {
    vi.advanceTimersByTime(60_000);
  });
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(599);
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(deadline.signal.aborted).toBe(true);
});

test('nor does a person wait for ever', async () => {
  const deadline = new Deadline(1000, () => new Error('late'));
  await deadline.whileHuman(async () => {
    vi.advanceTimersByTime(120_000);
  });
  expect(deadline.signal.aborted).toBe(true);
});

test('nothing runs after it was cleared, also where a person answers later', async () => {
  const deadline = new Deadline(1000, () => new Error('late'));
  await deadline.whileHuman(async () => deadline.clear());
  expect(vi.getTimerCount()).toBe(0);
});

test('the parent ends it, and not after it was cleared', () => {
  const parent = new AbortController();
  const first = new Deadline(1000, () => new Error('late'), parent.signal);
  const second = new Deadline(1000, () => new Error('late'), parent.signal);
  second.clear();
  parent.abort(new Error('closed'));
  expect(first.signal.reason).toEqual(new Error('closed'));
  vi.advanceTimersByTime(5000);
  expect(second.signal.aborted).toBe(false);
});
