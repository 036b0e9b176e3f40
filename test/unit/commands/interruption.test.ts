import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { endsInOrder, listenForInterruption } from '../../../src/commands/interruption.js';

let heard: ReturnType<typeof listenForInterruption>;
let said: string[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  said = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  heard = listenForInterruption('running steps end');
});
afterEach(() => {
  heard.ignore();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Signals, and milliseconds between them. */
type Sequence = readonly (NodeJS.Signals | number)[];

const send = (sequence: Sequence) => {
  for (const each of sequence)
    if (typeof each === 'number') vi.advanceTimersByTime(each);
    else process.emit(each, each);
};
const state = () => ({ stop: heard.stop.aborted, cut: heard.cut.aborted });

describe('one end, not two:', () => {
  test.each<[Sequence]>([
    [['SIGINT']],
    [['SIGINT', 'SIGINT']],
    [['SIGINT', 99, 'SIGINT']],
    [['SIGTERM', 'SIGTERM']],
    [['SIGTERM', 999, 'SIGTERM']],
    [['SIGHUP', 100, 'SIGTERM']],
    [['SIGTERM', 100, 'SIGHUP']],
    [['SIGHUP', 999, 'SIGTERM']],
    [['SIGHUP', 'SIGTERM', 'SIGHUP', 'SIGTERM']],
    [['SIGHUP', 'SIGHUP', 300, 'SIGTERM', 300, 'SIGINT']],
    [['SIGINT', 500, 'SIGTERM']],
    [['SIGINT', 'SIGTERM', 'SIGHUP']],
    // A terminal is closed after the Ctrl-C.
    [['SIGINT', 5000, 'SIGHUP']],
    [['SIGTERM', 5000, 'SIGHUP']],
    [['SIGHUP', 5000, 'SIGHUP', 5000, 'SIGHUP']],
  ])('%j', (sequence) => {
    send(sequence);
    expect(state()).toEqual({ stop: true, cut: false });
  });
});

describe('a second wish:', () => {
  test.each<[Sequence]>([
    [['SIGINT', 100, 'SIGINT']],
    [['SIGINT', 'SIGINT', 200, 'SIGINT']],
    [['SIGINT', 60_000, 'SIGINT']],
    [['SIGINT', 1000, 'SIGTERM']],
    [['SIGTERM', 1000, 'SIGTERM']],
    [['SIGTERM', 1000, 'SIGINT']],
    [['SIGHUP', 1000, 'SIGTERM']],
    [['SIGHUP', 100, 'SIGTERM', 900, 'SIGTERM']],
    [['SIGINT', 5000, 'SIGHUP', 'SIGINT']],
  ])('%j', (sequence) => {
    send(sequence);
    expect(state()).toEqual({ stop: true, cut: true });
  });
});

test('whoever answers to what is said is heard', () => {
  send(['SIGINT', 99]);
  expect(said).toEqual([]);
  send([1]);
  expect(said.join('')).toMatch(/^stopping: running steps end; once more to cut them off\n$/);
  send(['SIGINT']);
  expect(state()).toEqual({ stop: true, cut: true });
});

test('signals after the second wish are left to the system, once there was time to end', () => {
  const before = process.listenerCount('SIGINT');
  send(['SIGINT', 100, 'SIGINT', 2000]);
  expect(process.listenerCount('SIGINT')).toBe(before);
  send([2000]);
  expect(process.listenerCount('SIGINT')).toBe(before - 1);
});

describe('work that ends in order', () => {
  test.each<[Sequence, string[]]>([
    [['SIGINT', 'SIGINT'], []],
    [['SIGHUP', 100, 'SIGTERM'], []],
    [['SIGINT', 100, 'SIGINT'], ['SIGINT']],
    [['SIGINT', 1000, 'SIGTERM'], ['SIGTERM']],
  ])('%j', async (sequence, killedBy) => {
    heard.ignore();
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    const listeners = process.listenerCount('SIGHUP');
    const reason = new Error('interrupted');
    await endsInOrder(
      () => reason,
      async (signal) => {
        expect(signal.aborted).toBe(false);
        send(sequence);
        expect(signal.reason).toBe(reason);
      },
    );
    expect(kill.mock.calls.map(([, name]) => name)).toEqual(killedBy);
    expect(process.listenerCount('SIGHUP')).toBe(listeners);
  });
});
