import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/lib/actions.js';
import type { Plan, Rollout, Step } from '../../../src/lib/plan/plan.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { renderWhereabouts } from '../../../src/lib/ui/run/whereabouts.js';
import { FakeRoom, StepFailure } from '../../support/fake-room.js';
import { restartOf } from '../../support/restart-of.js';

const server = { balancer: 'lb-b', control: 'haproxy:/s', backend: 'shop', name: '', address: '', port: 1 };
const floor = { least: 1, members: 'b[1-9]', unit: 'shop.service', check: null, withinMs: 1 };
const unit = 'shop.service';
const STEPS: readonly Step<Action>[] = [
  {
    id: 'leave',
    title: 'leave',
    action: { kind: 'traffic.leave', server, floor },
    undo: { kind: 'traffic.rejoin', unit, invocation: 'x', server },
  },
  { id: 'stop', title: 'stop', action: { kind: 'unit.stop', unit, invocation: 'x' } },
  { id: 'start', title: 'start', action: { kind: 'unit.start', unit } },
  { id: 'join', title: 'join', action: { kind: 'traffic.member', wanted: 'in', server } },
];

const NO_FAILURE = { failed: 0, unreachable: 0, unhealthy: 0 };

/** In these batches and windows; the first host that fails stops it. */
function rolled(over: Rollout): Pick<Plan, 'rollout'> {
  return { rollout: { windows: [1], budgets: NO_FAILURE, ...over } };
}

/** A restart of `b1` to `bN` without hosts or balancers. */
function planOf(count: number, over: Partial<Plan> = {}): Plan {
  const lanes = Array.from({ length: count }, (_, index) => [`b${index + 1}`, STEPS] as const);
  const rollout = { batches: [count], windows: [1], budgets: NO_FAILURE };
  return restartOf(Object.fromEntries(lanes), { rollout, ...over });
}

/** The most hosts that were between leave and join at once. */
function mostOut(events: readonly RunEvent[]): number {
  let out = 0;
  let most = 0;
  for (const event of events) {
    if (event.type === 'step-started' && event.step === 'leave') most = Math.max(most, ++out);
    if (event.type === 'step-finished' && event.step === 'join') out--;
  }
  return most;
}

const begun = (room: FakeRoom) => [...new Set(room.applied.map((line) => line.split(' ')[0]))];

function breaking(room: FakeRoom, isBroken: (host: string) => boolean): FakeRoom {
  room.behave = (host, kind) => {
    if (kind === 'unit.start' && isBroken(host)) throw new StepFailure('unhealthy', 'it dies');
  };
  return room;
}

it.each([1, 3])('a window of %i bounds who is out, and the next begins when one is back', async (window) => {
  const room = new FakeRoom();
  room.behave = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  expect((await room.run(planOf(7, rolled({ windows: [window] })))).state).toBe('done');
  expect(mostOut(room.memory.events)).toBe(window);
});

it('forks bound a window, too', async () => {
  const room = new FakeRoom();
  room.behave = () => new Promise((resolve) => setTimeout(resolve, 1));
  await room.run(planOf(6, rolled({ windows: [5] })), [], 2);
  expect(mostOut(room.memory.events)).toBe(2);
});

describe('a host that fails', () => {
  it('ends it before the next is begun; nothing is set unfit, and it is told who is where', async () => {
    const room = breaking(new FakeRoom(), (host) => host === 'b2');
    const end = await room.run(planOf(4));
    expect(end.message).toContain('1 host unhealthy (b2), and --max-unhealthy is 0; 1 of 4 hosts done');
    expect(begun(room)).toEqual(['b1', 'b2']);
    expect(room.memory.unfit.size).toBe(0);
  });

  it('and fails again on a resume lets no other begin, unless a budget allows for it', async () => {
    const first = breaking(new FakeRoom(), (host) => host === 'b2');
    await first.run(planOf(4));
    const again = breaking(new FakeRoom(), (host) => host === 'b2');
    expect((await again.run(planOf(4), first.memory.events)).message).toContain('1 host unhealthy (b2)');
    expect(begun(again)).toEqual(['b2']);
    const past = [...first.memory.events, ...again.memory.events];
    const given = { failed: 0, unreachable: 0, unhealthy: 1 };
    const without = breaking(new FakeRoom(), (host) => host === 'b2');
    expect((await without.run(planOf(4), past, undefined, given)).message).toBe('3 of 4 hosts done');
    expect(begun(without)).toEqual(['b2', 'b3', 'b4']);
    const worse = breaking(new FakeRoom(), (host) => host === 'b2' || host === 'b3');
    expect((await worse.run(planOf(4), past, undefined, given)).message).toContain(
      '2 hosts unhealthy (b[2-3])',
    );
    expect(begun(worse)).toEqual(['b2', 'b3']);
  });

  it('does not hold up later batches of a resume when it was one of its own', async () => {
    const plan = planOf(3, rolled({ batches: [1, 2], windows: [1, 2] }));
    const first = breaking(new FakeRoom(), (host) => host === 'b1');
    await first.run(plan);
    const again = breaking(new FakeRoom(), (host) => host === 'b1');
    const given = { failed: 0, unreachable: 0, unhealthy: 1 };
    expect((await again.run(plan, first.memory.events, undefined, given)).message).toBe('2 of 3 hosts done');
  });

  it('and was put back does all that followed again when it leaves once more: what drained then serves now', async () => {
    const drain: Step<Action> = {
      id: 'drain',
      title: 'drain',
      action: {
        kind: 'host.script',
        name: 'drain',
        command: { words: ['true'], effect: 'read', timeoutMs: 1 },
      },
    };
    const [leave, ...rest] = STEPS;
    const steps = leave === undefined ? [] : [leave, drain, ...rest];
    const plan = planOf(1);
    const stages = plan.stages.map((stage) => ({ ...stage, lanes: [{ name: 'b1', host: 'b1', steps }] }));
    const first = new FakeRoom();
    first.behave = (_host, kind) => {
      if (kind === 'unit.stop') throw new StepFailure('failed', 'it hangs');
    };
    await first.run({ ...plan, stages });
    expect(first.applied.at(-1)).toBe('b1 traffic.rejoin');
    const again = new FakeRoom();
    expect((await again.run({ ...plan, stages }, first.memory.events)).state).toBe('done');
    expect(again.applied).toEqual([
      'b1 traffic.leave',
      'b1 host.script',
      'b1 unit.stop',
      'b1 unit.start',
      'b1 traffic.member in',
    ]);
  });

  it('before it was stopped is put back; where that is skipped it counts as out', async () => {
    const room = new FakeRoom();
    room.behave = (host, kind) => {
      if (host === 'b1' && kind === 'unit.stop') throw new StepFailure('failed', 'it hangs');
    };
    const plan = planOf(2);
    await room.run(plan);
    expect(room.applied).toEqual(['b1 traffic.leave', 'b1 unit.stop', 'b1 traffic.rejoin']);
    expect(renderWhereabouts(plan, room.memory.events)).toMatch(/^in traffic as before +b1\nnot begun +b2$/);
    const skipped = room.memory.events.map((event) =>
      event.type === 'step-finished' && event.undo
        ? { ...event, result: { status: 'skipped', message: 'it was stopped' } as const }
        : event,
    );
    expect(renderWhereabouts(plan, skipped)).toMatch(/^out of traffic +b1\nnot begun +b2$/);
  });
});

it('told to stop, finishes the host that is out and begins no other', async () => {
  const room = new FakeRoom();
  room.behave = (_, kind) => {
    if (kind === 'unit.stop') room.stop.abort();
  };
  expect((await room.run(planOf(3))).state).toBe('interrupted');
  expect(room.applied).toEqual(['b1 traffic.leave', 'b1 unit.stop', 'b1 unit.start', 'b1 traffic.member in']);
});

it('told to stop during the last host, which finishes, is done and not interrupted', async () => {
  const room = new FakeRoom();
  room.behave = (host, kind) => {
    if (host === 'b2' && kind === 'unit.stop') room.stop.abort();
  };
  expect(await room.run(planOf(2))).toEqual({ state: 'done', message: '2 of 2 hosts done' });
});

const APPLIED = new Map([
  ['leave', 'traffic.leave'],
  ['stop', 'unit.stop'],
  ['start', 'unit.start'],
  ['join', 'traffic.member in'],
]);

it('goes on after a crash at any moment, and begins no step again that was done but the start of a host that is out', async () => {
  const plan = planOf(3, rolled({ windows: [2] }));
  const whole = new FakeRoom();
  await whole.run(plan);
  for (let cut = 1; cut < whole.memory.events.length; cut++) {
    const past = whole.memory.events.slice(0, cut);
    const done = past.flatMap((event) =>
      event.type === 'step-finished' ? [`${event.lane} ${event.step}`] : [],
    );
    const again = new FakeRoom();
    expect((await again.run(plan, past)).state).toBe('done');
    for (const line of done.filter(
      (each) => !each.endsWith('start') || done.includes(each.replace('start', 'join')),
    )) {
      const [host, step = ''] = line.split(' ');
      expect(again.applied).not.toContain(`${host} ${APPLIED.get(step)}`);
    }
  }
});
