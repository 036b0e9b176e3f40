import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { listenForInterruption } from '../../../src/commands/interruption.js';

let heard: ReturnType<typeof listenForInterruption>;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  heard = listenForInterruption('running steps end');
});
afterEach(() => {
  heard.ignore();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const send = (...names: readonly NodeJS.Signals[]) => {
  for (const name of names) process.emit(name, name);
};
const state = () => ({ stop: heard.stop.aborted, cut: heard.cut.aborted });
const STOPPED = { stop: true, cut: false };
const CUT = { stop: true, cut: true };

describe('signals', () => {
  test.each<[readonly NodeJS.Signals[], object]>([
    [['SIGINT'], STOPPED],
    [['SIGINT', 'SIGINT'], CUT],
    [['SIGTERM', 'SIGTERM'], CUT],
    [['SIGHUP', 'SIGTERM'], STOPPED],
    [['SIGTERM', 'SIGHUP'], STOPPED],
    [['SIGHUP', 'SIGTERM', 'SIGINT'], STOPPED],
    [['SIGHUP', 'SIGTERM', 'SIGHUP'], CUT],
  ])('%j in one moment', (names, expected) => {
    send(...names);
    expect(state()).toEqual(expected);
  });

  test('of two kinds a second apart are two', () => {
    send('SIGHUP');
    vi.advanceTimersByTime(999);
    send('SIGTERM');
    expect(state()).toEqual(STOPPED);
    vi.advanceTimersByTime(1);
    send('SIGTERM');
    expect(state()).toEqual(CUT);
  });

  test('after the second are left to the system, once there was time to end', () => {
    const before = process.listenerCount('SIGINT');
    send('SIGINT', 'SIGINT');
    vi.advanceTimersByTime(2000);
    expect(process.listenerCount('SIGINT')).toBe(before);
    vi.advanceTimersByTime(2000);
    expect(process.listenerCount('SIGINT')).toBe(before - 1);
  });
});
