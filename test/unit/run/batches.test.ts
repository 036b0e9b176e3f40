import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/lib/plan/plan.js';
import { budgetsInForce } from '../../../src/lib/record/budgets-in-force.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { ConnectError } from '../../../src/lib/ssh/connect-error.js';
import { type Behaviour, FakeRoom, StepFailure, smallPlan } from '../../support/fake-room.js';

function planOf(count: number, standby: number, over: Partial<Plan> = {}): Plan {
  const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `b${from + i + 1}`);
  const plan = smallPlan(names(0, count), names(count, count + standby));
  const stages = plan.stages.map((stage) => {
    const [lane] = stage.lanes;
    if (!stage.perBatch || !over.rollout?.batches || !lane) return stage;
    const lanes = over.rollout.batches.map((_, index) => ({
      ...lane,
      steps: lane.steps.map((step) => ({ ...step, id: `unmoved-${index}` })),
    }));
    return { ...stage, lanes };
  });
  return { ...plan, stages, ...over };
}

const budgets = { failed: 9, unreachable: 9, unhealthy: 9 };

function breaking(kind: 'failed' | 'unhealthy', isBroken: (host: string) => boolean = () => true): Behaviour {
  return (host, action, wanted) => {
    if (action === 'unit.state' && wanted === 'started' && isBroken(host))
      throw new StepFailure(kind, 'it dies');
  };
}

const begun = (room: FakeRoom) => new Set(room.applied.map((line) => line.split(' ')[0]));

describe('budgets', () => {
  it('let so many hosts fail, and stop at one more: the spares that are left stay untouched', async () => {
    const room = new FakeRoom();
    room.behave = breaking('unhealthy');
    const end = await room.run(planOf(1, 20, { rollout: { budgets: { ...budgets, unhealthy: 2 } } }));
    expect([...room.memory.unfit.keys()]).toEqual(['b1', 'b2', 'b3']);
    expect(begun(room)).toEqual(new Set(['b1', 'b2', 'b3']));
    expect(end).toEqual({
      state: 'failed',
      message: 'stopped: 3 hosts unhealthy (b[1-3]), and --max-unhealthy is 2; 0 of 1 hosts done',
    });
  });

  it('of 0 stop at the first', async () => {
    const room = new FakeRoom();
    room.behave = breaking('failed');
    await room.run(planOf(1, 5, { rollout: { budgets: { ...budgets, failed: 0 } } }));
    expect([...room.memory.unfit.keys()]).toEqual(['b1']);
  });

  it('count the kinds separately, and what is unknown as unreachable', async () => {
    const room = new FakeRoom();
    const fails: Record<string, () => never> = {
      b1: () => {
        throw new StepFailure('failed', 'x');
      },
      b2: () => {
        throw new StepFailure('unhealthy', 'x');
      },
      b3: () => {
        throw new ConnectError('b3', 'unreachable', 'b3: no route');
      },
    };
    room.behave = (host) => fails[host]?.();
    const end = await room.run(
      planOf(1, 5, { rollout: { budgets: { failed: 1, unreachable: 1, unhealthy: 1 } } }),
    );
    expect(end.state).toBe('done');
    expect(room.memory.assigned).toEqual(['b4']);
  });

  it('let the hosts that were begun finish and join, and begin no other', async () => {
    const room = new FakeRoom();
    room.behave = breaking('unhealthy', (host) => host === 'b1');
    const end = await room.run(planOf(6, 3, { rollout: { budgets: { ...budgets, unhealthy: 0 } } }), [], 2);
    expect(end.state).toBe('failed');
    expect(room.memory.assigned).toEqual(['b2']);
    expect(begun(room)).toEqual(new Set(['b1', 'b2', 'template']));
  });

  it('hold across a crash and an interruption', async () => {
    const plan = planOf(1, 20, { rollout: { budgets: { ...budgets, unhealthy: 2 } } });
    const first = new FakeRoom();
    first.behave = breaking('unhealthy');
    await first.run(plan);
    const second = first.memory.events.filter(({ type }) => type === 'host-set-aside')[1];
    const crashed = first.memory.events.slice(0, first.memory.events.indexOf(second as never) + 1);
    const again = new FakeRoom();
    again.behave = breaking('unhealthy');
    await again.run(plan, crashed);
    expect([...again.memory.unfit.keys()]).toEqual(['b3']);
  });

  it('begin anew when an operation that had failed is resumed', async () => {
    const plan = planOf(1, 20, { rollout: { budgets: { ...budgets, unhealthy: 1 } } });
    const first = new FakeRoom();
    first.behave = breaking('unhealthy');
    await first.run(plan);
    const again = new FakeRoom();
    again.behave = breaking('unhealthy', (host) => host === 'b2');
    expect((await again.run(plan, first.memory.events)).state).toBe('done');
    expect(again.memory.assigned).toEqual(['b3']);
  });

  it('are those that whoever resumes gives, from then on', async () => {
    const plan = planOf(1, 20, { rollout: { budgets: { ...budgets, unhealthy: 0 } } });
    const rooms = [new FakeRoom(), new FakeRoom(), new FakeRoom()] as const;
    for (const room of rooms) room.behave = breaking('unhealthy');
    const past: RunEvent[] = [];
    const fallen: number[] = [];
    for (const [index, room] of rooms.entries()) {
      await room.run(plan, past, 10, index === 1 ? { ...budgets, unhealthy: 2 } : undefined);
      past.push(...room.memory.events);
      fallen.push(room.memory.unfit.size);
    }
    // One that failed before and fails again is no news, so the next spares are tried.
    expect(fallen).toEqual([1, 4, 4]);
    expect(past.filter((event) => event.type === 'operation-started' && 'budgets' in event)).toHaveLength(1);
    expect(budgetsInForce(plan, past)).toEqual({ ...budgets, unhealthy: 2 });
  });
});

describe('batches', () => {
  it('come through all stages one after the other', async () => {
    const room = new FakeRoom();
    expect((await room.run(planOf(3, 0, { rollout: { batches: [1, 2] } }), [], 1)).state).toBe('done');
    const order = room.memory.events.flatMap((event) =>
      event.type === 'step-finished' ? [`${event.lane} ${event.step}`] : [],
    );
    expect(order).toEqual([
      ...['b1 init', 'b1 start', 'template unmoved-0', 'b1 assign'],
      ...['b2 init', 'b2 start', 'b3 init', 'b3 start', 'template unmoved-1', 'b2 assign', 'b3 assign'],
    ]);
  });

  it('share the spares: one that was used in a batch is not used again', async () => {
    const room = new FakeRoom();
    room.behave = breaking('failed', (host) => ['b1', 'b2', 'b4'].includes(host));
    const plan = planOf(3, 3, { rollout: { batches: [1, 1, 1], budgets } });
    expect((await room.run(plan)).state).toBe('done');
    expect(room.memory.assigned).toEqual(['b5', 'b6', 'b3']);
    const again = new FakeRoom();
    expect((await again.run(plan, room.memory.events)).state).toBe('done');
    expect(again.applied).toEqual([]);
  });

  it('do not begin when the canary did not come through', async () => {
    const room = new FakeRoom();
    room.behave = breaking('unhealthy', (host) => host === 'b1');
    const plan = planOf(3, 3, { rollout: { batches: [1, 2], budgets: { ...budgets, unhealthy: 0 } } });
    expect(await room.run(plan)).toMatchObject({ state: 'failed' });
    expect(begun(room)).toEqual(new Set(['b1']));
    const balancer = new FakeRoom();
    balancer.behave = (_, kind) => {
      if (kind === 'host.script') throw new StepFailure('failed', 'lb-b is down', 'lb-b');
    };
    expect((await balancer.run({ ...plan, rollout: { ...plan.rollout, budgets } })).message).toBe(
      'stopped: no host of batch 1 of 2 came through; 0 of 3 hosts done',
    );
    expect(begun(balancer)).toEqual(new Set(['b1']));
  });

  it('go on after a crash at any moment, and repeat nothing that was done', async () => {
    const plan = planOf(3, 2, { rollout: { batches: [1, 2], budgets } });
    const broken = breaking('failed', (host) => host === 'b2');
    const whole = new FakeRoom();
    whole.behave = broken;
    await whole.run(plan, [], 1);
    const assigned = [...whole.memory.assigned].sort();
    for (let cut = 1; cut < whole.memory.events.length; cut++) {
      const past = whole.memory.events.slice(0, cut);
      const again = new FakeRoom();
      again.behave = broken;
      expect((await again.run(plan, past, 1)).state).toBe('done');
      const done = [...past, ...again.memory.events].flatMap((event) =>
        event.type === 'step-finished' && event.result.status === 'done' && event.step === 'assign'
          ? [event.lane]
          : [],
      );
      expect(done.sort()).toEqual(assigned);
    }
  });

  it('keep what serves when the gate of a later one stays shut', async () => {
    const room = new FakeRoom();
    room.behave = (_, kind) => {
      if (kind === 'copy.check' && room.memory.assigned.length > 0)
        throw new StepFailure('failed', 'the files moved');
    };
    const plan = planOf(3, 0, { rollout: { batches: [1, 2], budgets } });
    const end = await room.run(plan);
    expect(end.state).toBe('failed');
    expect(room.memory.assigned).toEqual(['b1']);
    expect(room.memory.released).toBe(false);
    expect(room.applied.filter((line) => line.endsWith('stopped')).sort()).toEqual([
      'b2 unit.state stopped',
      'b3 unit.state stopped',
    ]);
    const again = new FakeRoom();
    expect((await again.run(plan, room.memory.events)).state).toBe('done');
    expect(again.memory.assigned.sort()).toEqual(['b2', 'b3']);
  });
});
