import { describe, expect, it } from 'vitest';
import type { Lane, Plan } from '../../../../src/lib/plan/plan.js';
import type { RunEvent } from '../../../../src/lib/record/events.js';
import { plain } from '../../../../src/lib/ui/frame/colour.js';
import { renderTasks } from '../../../../src/lib/ui/frame/live-lines.js';
import { RunState } from '../../../../src/lib/ui/run/run-state.js';
import { RunTasks } from '../../../../src/lib/ui/run/run-tasks.js';
import { done, failed, SampleEvents, samplePlan } from '../sample-plan.js';

/** A plan that runs, and what of it would be on a screen. */
class Run {
  readonly events = new SampleEvents();
  readonly #state: RunState;
  readonly #tasks: RunTasks;

  constructor(plan: Plan, past: (events: SampleEvents) => readonly RunEvent[] = () => []) {
    this.#state = new RunState(plan, past(this.events));
    this.#tasks = new RunTasks({ ...plan, title: 'scale' }, this.#state, () => this.events.nowMs(), {
      paint: plain,
      idleMs: 1000,
      atEnd: 'stays',
    });
  }

  tell(...events: readonly RunEvent[]): void {
    for (const event of events) this.#state.apply(event);
  }

  frame(lines = 20, columns = 100): string[] {
    this.#tasks.refresh();
    return renderTasks(this.#tasks.list.tasks, { columns, lines, paint: plain, spinner: '⠋' });
  }
}

describe('an operation', () => {
  it('has one line per step, with hosts that run folded', () => {
    const run = new Run(samplePlan(4));
    const { events } = run;
    run.tell(events.started());
    for (const host of ['new-b-1', 'new-b-2', 'new-b-3']) run.tell(events.begin(host, 'connect'));
    run.tell(events.end('new-b-1', 'connect', done));
    expect(run.frame()).toEqual([
      'scale  4.0s',
      '⠋ connect  1/4 ▓▓░░░░░░░░  2 running: new-b-[2-3]',
      '  copy     0/4 ░░░░░░░░░░',
      '  start    0/4 ░░░░░░░░░░',
    ]);
  });

  it('tells bytes, speed and time left of a copy', () => {
    const run = new Run(samplePlan(4));
    const { events } = run;
    run.tell(events.begin('new-b-1', 'copy'), events.begin('new-b-2', 'copy'));
    run.tell(events.progress('new-b-1', 0), events.progress('new-b-1', 2_000_000));
    run.tell(events.end('new-b-1', 'copy', done), events.progress('new-b-2', 1_000_000));
    // 3 MB in 3 s, and 5 of 8 MB to go.
    expect(run.frame()[2]).toBe('⠋ copy     1/4 ▓▓░░░░░░░░  3.0 MB, 1.0 MB/s, 5.0s left  1 running: new-b-2');
  });

  it('counts a spare that takes a place where it came in, and not the host it replaced after that', () => {
    const run = new Run(samplePlan(2, 1));
    const { events } = run;
    run.tell(events.begin('new-b-1', 'connect'));
    run.tell(events.end('new-b-1', 'connect', failed('new-b-1: disk full')));
    run.tell(events.aside('new-b-1', 'disk full', 'new-b-3'));
    run.tell(events.begin('new-b-3', 'connect'), events.end('new-b-3', 'connect', done));
    expect(run.frame().slice(1)).toEqual([
      '✗ connect  1/3 ▓▓▓░░░░░░░  1 failed',
      '    new-b-1: failed: disk full',
      '  copy     0/2 ░░░░░░░░░░',
      '  start    0/2 ░░░░░░░░░░',
    ]);
  });

  it('that is resumed counts what was done before, and tells no trouble of then', () => {
    const run = new Run(samplePlan(3, 1), (events) => [
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
    ]);
    run.tell(run.events.started(), run.events.begin('new-b-4', 'copy'));
    expect(run.frame().slice(1)).toEqual([
      '  connect  2/3 ▓▓▓▓▓▓░░░░',
      '⠋ copy     1/3 ▓▓▓░░░░░░░  1 running: new-b-4',
      '  start    1/3 ▓▓▓░░░░░░░',
    ]);
  });

  it('that is resumed counts what was done on a host that was set aside and is tried again', () => {
    const run = new Run(samplePlan(2), (events) => [
      events.started(),
      events.begin('new-b-1', 'connect'),
      events.end('new-b-1', 'connect', done),
      events.begin('new-b-2', 'connect'),
      events.end('new-b-2', 'connect', { status: 'skipped', message: 'not needed' }),
      events.begin('new-b-1', 'copy'),
      events.end('new-b-1', 'copy', failed('new-b-1: /opt/shop holds what kuafu did not bring')),
      events.aside('new-b-1', 'copy: /opt/shop holds what kuafu did not bring', null),
    ]);
    run.tell(run.events.started());
    for (const step of ['copy', 'start'])
      for (const host of ['new-b-1', 'new-b-2'])
        run.tell(run.events.begin(host, step), run.events.end(host, step, done));
    expect(run.frame().slice(1)).toEqual([
      '✓ connect  2/2 ▓▓▓▓▓▓▓▓▓▓',
      '✓ copy     2/2 ▓▓▓▓▓▓▓▓▓▓',
      '✓ start    2/2 ▓▓▓▓▓▓▓▓▓▓',
    ]);
  });

  it('says which batch is worked on', () => {
    const run = new Run({ ...samplePlan(3), rollout: { batches: [1, 2] } });
    run.tell(run.events.started(), run.events.batch(2, 2, ['new-b-2', 'new-b-3']));
    expect(run.frame()[0]).toBe('scale, batch 2 of 2  1.0s');
  });

  it('gives steps that take something back a line of their own, in their stage', () => {
    const run = new Run(twoStages(2));
    run.frame();
    run.tell(run.events.begin('new-b-2', 'copy', true));
    expect(run.frame().slice(4, 7)).toEqual([
      '    start      0/2 ░░░░░░░░░░',
      '  ⠋ undo copy  0/1 ░░░░░░░░░░  1 running: new-b-2',
      '  join         0/2 ░░░░░░░░░░',
    ]);
  });

  it('says of a host that left traffic whether it is back there', () => {
    const at = {
      server: { balancer: 'lb-b', control: '/s', backend: 'shop', name: 'b', address: '', port: 1 },
    };
    const rejoin = { kind: 'traffic.rejoin', unit: 'shop.service', invocation: 'a', ...at } as const;
    const plan = samplePlan(2);
    const lanes = plan.stages[0]?.lanes.map((lane) => ({
      ...lane,
      steps: lane.steps.map((step) => (step.id === 'copy' ? { ...step, undo: rejoin } : step)),
    }));
    const stages = plan.stages.map((stage) => ({ ...stage, lanes: lanes ?? [] }));
    const run = new Run({ ...plan, stages });
    run.tell(run.events.begin('new-b-1', 'copy', true), run.events.end('new-b-1', 'copy', done, true));
    expect(run.frame().at(-1)).toBe('✓ back in traffic  1/1 ▓▓▓▓▓▓▓▓▓▓');
    const message = 'it stays out of traffic: shop.service was stopped';
    run.tell(run.events.begin('new-b-2', 'copy', true));
    run.tell(run.events.end('new-b-2', 'copy', { status: 'skipped', message }, true));
    expect(run.frame().slice(-2)).toEqual([
      '  back in traffic  1/2 ▓▓▓▓▓░░░░░  1 left as it was',
      `    new-b-2: skipped: ${message}`,
    ]);
  });

  it('has the same height at a thousand hosts, with equal failures folded', () => {
    const run = new Run(samplePlan(1000));
    for (let index = 1; index <= 1000; index += 1) {
      const host = `new-b-${index}`;
      run.tell(run.events.begin(host, 'connect'));
      if (index <= 300) run.tell(run.events.end(host, 'connect', failed(`${host}: refused`)));
    }
    const lines = run.frame();
    expect(lines).toHaveLength(5);
    expect(lines[1]).toContain('700 running: new-b-[301-1000]');
    expect(lines[2]).toBe('    new-b-[1-300]: failed: refused');
  });

  it('never exceeds the screen, and says what it leaves out', () => {
    const run = new Run(samplePlan(50));
    for (let index = 1; index <= 50; index += 1) {
      run.tell(run.events.begin(`new-b-${index}`, 'connect'));
      run.tell(run.events.end(`new-b-${index}`, 'connect', failed(`reason ${index} ${'long '.repeat(30)}`)));
    }
    const lines = run.frame(7, 60);
    expect(lines).toHaveLength(7);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    expect(lines[1]).toBe('  48 earlier failures, shown at the end');
    expect(lines[4]).toMatch(/^ {4}new-b-50: failed: reason 50/);
    expect(run.frame(1)).toHaveLength(1);
  });

  it('shows no control character of a host', () => {
    const run = new Run(samplePlan(1));
    run.tell(run.events.end('new-b-1', 'connect', failed('\x1b[2Jgone\nnext')));
    expect(run.frame()[2]).toBe('    new-b-1: failed: gone next');
  });

  it('of several stages shows them above their steps, and marks what is done', () => {
    const run = new Run(twoStages(1));
    const steps = ['connect', 'copy', 'start'];
    run.tell(
      ...steps.flatMap((step) => [run.events.begin('new-b-1', step), run.events.end('new-b-1', step, done)]),
    );
    run.tell(run.events.begin('new-b-1', 'join', false, 'join'));
    expect(run.frame().slice(1)).toEqual([
      '✓ expand',
      '  ✓ connect  1/1 ▓▓▓▓▓▓▓▓▓▓',
      '  ✓ copy     1/1 ▓▓▓▓▓▓▓▓▓▓',
      '  ✓ start    1/1 ▓▓▓▓▓▓▓▓▓▓',
      '⠋ join       0/1 ░░░░░░░░░░  1 running: new-b-1',
    ]);
    // What is done gives way first.
    expect(run.frame(5).slice(1)).toEqual(['✓ expand', '⠋ join  0/1 ░░░░░░░░░░  1 running: new-b-1']);
    expect(run.frame(2).slice(1)).toEqual(['⠋ join  0/1 ░░░░░░░░░░  1 running: new-b-1']);
  });

  it('on a narrow screen gives no column away for stages', () => {
    const run = new Run(twoStages(1));
    run.tell(run.events.begin('new-b-1', 'copy'));
    expect(run.frame(20, 39)).toEqual([
      'scale  ',
      '  connect  0/1 ░░░░░░░░░░',
      '⠋ copy     0/1 ░░░░░░░░░░  1 running: …',
      '  start    0/1 ░░░░░░░░░░',
      '  join     0/1 ░░░░░░░░░░',
    ]);
  });

  it('shows what runs rather than what waits, where there is room for one of them', () => {
    const run = new Run(twoStages(2));
    run.tell(run.events.begin('new-b-1', 'copy', true));
    expect(run.frame(3)).toEqual([
      'scale  ',
      '  connect    0/2 ░░░░░░░░░░',
      '⠋ undo copy  0/1 ░░░░░░░░░░  1 running: new-b-1',
    ]);
  });

  it('shows lanes that are no hosts', () => {
    const plan = samplePlan(1);
    const lane = (name: string): Lane => ({
      name,
      host: null,
      steps: plan.stages[0]?.lanes[0]?.steps ?? [],
    });
    const stage = { id: 'expand', title: 'switch', standby: [], pass: 'all' as const };
    const names = ['shop.example.com A', 'orders: db-a to db-b'];
    const run = new Run({ ...plan, stages: [{ ...stage, lanes: names.map(lane) }] });
    for (const name of names) run.tell(run.events.begin(name, 'start'));
    run.tell(run.events.end('orders: db-a to db-b', 'start', failed('no quorum')));
    expect(run.frame().slice(3)).toEqual([
      '⠋ start    0/2 ░░░░░░░░░░  1 failed  1 running: shop.example.com A',
      '    orders: db-a to db-b: failed: no quorum',
    ]);
  });
});

/** The sample plan, and a stage with a step `join` after that. */
function twoStages(count: number): Plan {
  const plan = samplePlan(count);
  const join = { id: 'join', title: 'join', action: { kind: 'pool.claim', room: 'B' } } as const;
  const lanes = plan.hosts.map(({ name }) => ({ name, host: name, steps: [join] }));
  const last = { id: 'join', title: 'join', lanes, standby: [], pass: 'each' as const };
  return { ...plan, stages: [...plan.stages, last] };
}
