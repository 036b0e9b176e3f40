import { afterEach, expect, it, vi } from 'vitest';
import { RunLines } from '../../../../src/lib/ui/run/run-lines.js';
import { done, failed, SampleEvents, samplePlan } from '../sample-plan.js';

function start(hosts: number) {
  const lines: string[] = [];
  return {
    lines,
    view: new RunLines(samplePlan(hosts), [], (line) => lines.push(line)),
    events: new SampleEvents(),
  };
}

afterEach(() => {
  vi.useRealTimers();
});

it('says of a step that only looks or waits no more than that it is done', () => {
  const { lines, view, events } = start(1);
  view.listener(
    events.end('new-b-1', 'connect', { status: 'done', changed: false, message: '', elapsedMs: 0 }),
  );
  view.done();
  expect(lines).toEqual(['new-b-1 connect done 0.0s']);
});

it('prints one line per change of state, host first', () => {
  const { lines, view, events } = start(3);
  view.listener(events.started());
  view.listener(events.begin('new-b-1', 'copy'));
  view.listener(events.progress('new-b-1', 1_000_000));
  view.listener(events.progress('new-b-1', 2_000_000));
  view.listener(events.end('new-b-1', 'copy', done));
  view.listener(
    events.end('new-b-2', 'copy', { status: 'done', changed: false, message: 'x', elapsedMs: 0 }),
  );
  view.listener(events.end('new-b-2', 'start', failed('new-b-2: exit 1\n\x1b[31mstderr')));
  view.listener(events.end('new-b-2', 'copy', done, true));
  view.listener(events.end('new-b-3', 'copy', { status: 'skipped', message: 'set aside' }));
  view.listener(
    events.end('new-b-3', 'copy', {
      status: 'unknown',
      message: 'link lost',
      culprit: 'new-b-3',
      elapsedMs: 60_000,
    }),
  );
  view.listener(events.aside('new-b-2', 'exit 1', 'new-b-9'));
  view.listener(events.aside('new-b-3', 'link lost', null));
  view.done();
  expect(lines).toEqual([
    'new-b-1 copy done 1.2s 2.0 MB',
    'new-b-2 copy done 0.0s (unchanged): x',
    'new-b-2 start failed 0.5s: new-b-2: exit 1 stderr',
    'new-b-2 undo copy done 1.2s',
    'new-b-3 copy skipped: set aside',
    'new-b-3 copy unknown 1m00s: link lost',
    'new-b-2 set aside: exit 1; new-b-9 takes its place',
    'new-b-3 set aside: link lost; no other takes its place',
  ]);
});

it('says who is waited for when nothing happens for half a minute', () => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
  const { lines, view, events } = start(3);
  for (const host of ['new-b-1', 'new-b-2', 'new-b-3']) view.listener(events.begin(host, 'connect'));
  view.listener(events.end('new-b-2', 'connect', done));
  vi.advanceTimersByTime(29_000);
  expect(lines).toHaveLength(1);
  vi.advanceTimersByTime(3000);
  expect(lines.at(-1)).toBe('new-b-[1,3] connect still running after 30.0s');
  vi.advanceTimersByTime(60_000);
  expect(lines).toHaveLength(4);
  view.done();
  vi.advanceTimersByTime(60_000);
  expect(lines).toHaveLength(4);
});
