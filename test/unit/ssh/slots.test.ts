import { expect, test } from 'vitest';
import { Slots } from '../../../src/lib/ssh/slots.js';

test('the limit holds, and waiters come in order', async () => {
  const slots = new Slots(2);
  const order: number[] = [];
  let inside = 0;
  let most = 0;
  const work = async (n: number) => {
    const release = await slots.acquire();
    order.push(n);
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
    release();
  };
  await Promise.all([0, 1, 2, 3, 4].map(work));
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(slots.used).toBe(0);
});

test('giving back twice frees one slot', async () => {
  const slots = new Slots(1);
  const release = await slots.acquire();
  release();
  release();
  expect(slots.used).toBe(0);
});

test('a waiter that gives up does not take a slot with it', async () => {
  const slots = new Slots(1);
  const release = await slots.acquire();
  const stop = new AbortController();
  const impatient = slots.acquire(stop.signal);
  const patient = slots.acquire();
  stop.abort(new Error('enough'));
  await expect(impatient).rejects.toThrow('enough');
  release();
  (await patient)();
  expect(slots.used).toBe(0);
  await expect(slots.acquire(stop.signal)).rejects.toThrow('enough');
});

test('a lower limit holds from the next on, and never falls to nothing', async () => {
  const slots = new Slots(3);
  const held = [await slots.acquire(), await slots.acquire(), await slots.acquire()];
  slots.lower(0);
  let isIn = false;
  const next = slots.acquire().then((release) => {
    isIn = true;
    release();
  });
  for (const release of held.splice(0, 2)) release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isIn).toBe(false);
  held[0]?.();
  await next;
  slots.lower(5);
  expect(isIn).toBe(true);
});
