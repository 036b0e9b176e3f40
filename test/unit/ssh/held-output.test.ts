import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeldOutput } from '../../../src/lib/ssh/held-output.js';

let isPaused: boolean;
let gaveUp: number;
let output: HeldOutput;
beforeEach(() => {
  vi.useFakeTimers();
  isPaused = false;
  gaveUp = 0;
  output = new HeldOutput(
    () => isPaused,
    () => {
      gaveUp++;
      output.stop();
    },
  );
});
afterEach(() => {
  output.stop();
  vi.useRealTimers();
});

test('silence is its end', () => {
  vi.advanceTimersByTime(1500);
  output.heard(1);
  vi.advanceTimersByTime(1900);
  expect(gaveUp).toBe(0);
  vi.advanceTimersByTime(200);
  expect(gaveUp).toBe(1);
});

test('who writes for ever is not listened to for ever', () => {
  for (let ms = 0; ms < 60_000; ms += 50) {
    output.heard(1);
    vi.advanceTimersByTime(50);
    expect(gaveUp).toBe(ms < 9950 ? 0 : 1);
  }
});

test('the time in which we hold the host back does not count', () => {
  isPaused = true;
  vi.advanceTimersByTime(600_000);
  expect(gaveUp).toBe(0);
  isPaused = false;
  vi.advanceTimersByTime(1900);
  expect(gaveUp).toBe(0);
  vi.advanceTimersByTime(100);
  expect(gaveUp).toBe(1);
});

test('so is more than a command can have left behind, though we hold the host back all the time', () => {
  isPaused = true;
  for (let chunks = 0; chunks < 600 && gaveUp === 0; chunks++) {
    output.heard(32 * 1024);
    vi.advanceTimersByTime(100);
  }
  expect(gaveUp).toBe(1);
});
