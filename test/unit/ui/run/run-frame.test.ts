import { describe, expect, it } from 'vitest';
import { plain } from '../../../../src/lib/ui/frame/colour.js';
import { renderFrame } from '../../../../src/lib/ui/run/run-frame.js';
import { RunState } from '../../../../src/lib/ui/run/run-state.js';
import { done, failed, SampleEvents, samplePlan } from '../sample-plan.js';

function frame(state: RunState, nowMs: number, lines = 20, columns = 100): string[] {
  return renderFrame(state, { title: 'scale', columns, lines, nowMs, paint: plain });
}

describe('a frame', () => {
  it('has one row per step, with hosts that run folded', () => {
    const events = new SampleEvents();
    const state = new RunState(samplePlan(4));
    state.apply(events.started());
    for (const host of ['new-b-1', 'new-b-2', 'new-b-3']) state.apply(events.begin(host, 'connect'));
    state.apply(events.end('new-b-1', 'connect', done));
    expect(frame(state, events.nowMs())).toEqual([
      'scale  4.0s',
      '  connect  1/4 ▓▓░░░░░░░░  2 running: new-b-[2-3]',
      '  copy     0/4 ░░░░░░░░░░',
      '  start    0/4 ░░░░░░░░░░',
    ]);
  });

  it('tells bytes, speed and time left of a copy', () => {
    const events = new SampleEvents();
    const state = new RunState(samplePlan(4));
    state.apply(events.begin('new-b-1', 'copy'));
    state.apply(events.begin('new-b-2', 'copy'));
    state.apply(events.progress('new-b-1', 0));
    state.apply(events.progress('new-b-1', 2_000_000));
    state.apply(events.end('new-b-1', 'copy', done));
    state.apply(events.progress('new-b-2', 1_000_000));
    // 3 MB in 3 s, and 5 of 8 MB to go.
    expect(frame(state, events.nowMs())[2]).toBe(
      '  copy     1/4 ▓▓░░░░░░░░  3.0 MB, 1.0 MB/s, 5.0s left  1 running: new-b-2',
    );
  });

  it('counts a spare that takes a place where it came in, and not the host it replaced after that', () => {
    const events = new SampleEvents();
    const state = new RunState(samplePlan(2, 1));
    state.apply(events.begin('new-b-1', 'connect'));
    state.apply(events.end('new-b-1', 'connect', failed('new-b-1: disk full')));
    state.apply(events.aside('new-b-1', 'disk full', 'new-b-3'));
    state.apply(events.begin('new-b-3', 'connect'));
    state.apply(events.end('new-b-3', 'connect', done));
    expect(frame(state, events.nowMs()).slice(1)).toEqual([
      '  connect  1/3 ▓▓▓░░░░░░░  1 failed',
      '  copy     0/2 ░░░░░░░░░░',
      '  start    0/2 ░░░░░░░░░░',
      '  new-b-1: connect failed: disk full',
    ]);
  });

  it('of a resume counts what was done before, and tells no trouble of then', () => {
    const events = new SampleEvents();
    const past = [
      events.started(),
      ...['connect', 'copy', 'start'].flatMap((step) => [
        events.begin('new-b-1', step),
        events.end('new-b-1', step, done),
      ]),
      events.begin('new-b-2', 'connect'),
      events.end('new-b-2', 'connect', failed('new-b-2: disk full')),
      events.aside('new-b-2', 'disk full', 'new-b-4'),
      events.begin('new-b-4', 'connect'),
      events.end('new-b-4', 'connect', done),
      events.begin('new-b-4', 'copy'),
      events.begin('new-b-3', 'connect'),
      events.end('new-b-3', 'connect', failed('new-b-3: disk full')),
      events.aside('new-b-3', 'disk full', null),
    ];
    const state = new RunState(samplePlan(3, 1), past);
    state.apply(events.started());
    state.apply(events.begin('new-b-4', 'copy'));
    expect(frame(state, events.nowMs()).slice(1)).toEqual([
      '  connect  2/3 ▓▓▓▓▓▓░░░░',
      '  copy     1/3 ▓▓▓░░░░░░░  1 running: new-b-4',
      '  start    1/3 ▓▓▓░░░░░░░',
    ]);
  });

  it('says which batch is worked on', () => {
    const events = new SampleEvents();
    const state = new RunState({ ...samplePlan(3), batches: [1, 2] });
    state.apply(events.started());
    state.apply(events.batch(2, 2, ['new-b-2', 'new-b-3']));
    expect(frame(state, events.nowMs())[0]).toBe('scale, batch 2 of 2  1.0s');
  });

  it('gives steps that take something back a row of their own', () => {
    const events = new SampleEvents();
    const state = new RunState(samplePlan(2));
    state.apply(events.begin('new-b-2', 'copy', true));
    expect(frame(state, events.nowMs())[4]).toBe('  undo copy  0/1 ░░░░░░░░░░  1 running: new-b-2');
  });

  it('has the same height at a thousand hosts, with equal failures folded', () => {
    const events = new SampleEvents();
    const state = new RunState(samplePlan(1000));
    for (let index = 1; index <= 1000; index += 1) {
      const host = `new-b-${index}`;
      state.apply(events.begin(host, 'connect'));
      if (index <= 300) state.apply(events.end(host, 'connect', failed(`${host}: refused`)));
    }
    const lines = frame(state, events.nowMs());
    expect(lines).toHaveLength(5);
    expect(lines[1]).toContain('700 running: new-b-[301-1000]');
    expect(lines[4]).toBe('  new-b-[1-300]: connect failed: refused');
  });

  it('never exceeds the screen, and says what it leaves out', () => {
    const events = new SampleEvents();
    const state = new RunState(samplePlan(50));
    for (let index = 1; index <= 50; index += 1) {
      state.apply(events.begin(`new-b-${index}`, 'connect'));
      state.apply(events.end(`new-b-${index}`, 'connect', failed(`reason ${index} ${'long '.repeat(30)}`)));
    }
    const lines = frame(state, events.nowMs(), 7, 60);
    expect(lines).toHaveLength(7);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    expect(lines[4]).toBe('  48 earlier failures, shown at the end');
    expect(lines[6]).toMatch(/^ {2}new-b-50: connect failed: reason 50/);
    expect(frame(state, events.nowMs(), 1)).toHaveLength(1);
  });

  it('shows no control character of a host', () => {
    const events = new SampleEvents();
    const state = new RunState(samplePlan(1));
    state.apply(events.end('new-b-1', 'connect', failed('\x1b[2Jgone\nnext')));
    expect(frame(state, events.nowMs()).at(-1)).toBe('  new-b-1: connect failed: gone next');
  });
});
