import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/lib/actions.js';
import { FailedError } from '../../../src/lib/errors.js';
import { summarize } from '../../../src/lib/record/result.js';
import { ConnectError, LinkLostError } from '../../../src/lib/ssh/connect-error.js';
import { FakeRoom, StepFailure, smallPlan } from '../../support/fake-room.js';

describe('a run in which nothing goes wrong', () => {
  it('does every step once and enters the hosts as members', async () => {
    const room = new FakeRoom();
    const end = await room.run(smallPlan(['b1', 'b2'], ['b3']));
    expect(end.state).toBe('done');
    expect(room.memory.assigned.sort()).toEqual(['b1', 'b2']);
    expect(room.applied.filter((line) => line.endsWith('started')).sort()).toEqual([
      'b1 unit.state started',
      'b2 unit.state started',
    ]);
    expect(room.memory.finished).toEqual({ state: 'done', message: '2 of 2 hosts done' });
  });

  it('never works on more hosts at once than forks allow', async () => {
    const room = new FakeRoom();
    let running = 0;
    let most = 0;
    room.behave = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
    };
    await room.run(smallPlan(['b1', 'b2', 'b3', 'b4', 'b5']), [], 2);
    expect(most).toBe(2);
  });
});

describe('a host that fails', () => {
  it('is set aside, taken back, and replaced by the next spare', async () => {
    const room = new FakeRoom();
    room.behave = (host, kind, wanted) => {
      if (host === 'b1' && kind === 'unit.state' && wanted === 'started')
        throw new StepFailure('failed', 'it does not start');
    };
    const plan = smallPlan(['b1', 'b2'], ['b3', 'b4']);
    expect((await room.run(plan)).state).toBe('done');
    expect(room.memory.unfit).toEqual(new Map([['b1', 'start: it does not start']]));
    expect(room.applied).toContain('b1 unit.state stopped');
    expect(room.memory.assigned.sort()).toEqual(['b2', 'b3']);
    const result = summarize(plan, room.memory.events, KINDS);
    expect(result.hosts.map(({ host, state }) => `${host} ${state}`)).toEqual([
      'b1 set-aside',
      'b2 done',
      'b3 done',
    ]);
  });

  it('is not marked in the pool when it does not come from there', async () => {
    const room = new FakeRoom();
    room.behave = (host) => {
      if (host === 'b1') throw new StepFailure('unreachable', 'no answer');
    };
    const end = await room.run({ ...smallPlan(['b1', 'b2']), claims: [] });
    expect(end).toEqual({ state: 'failed', message: '1 of 2 hosts done' });
    expect(room.memory.unfit).toEqual(new Map());
  });

  it('is replaced again when its replacement fails too, and the last one joins', async () => {
    for (const broken of [
      ['b1', 'b2'],
      ['b1', 'b2', 'b3', 'b4'],
    ]) {
      const room = new FakeRoom();
      room.behave = (host) => {
        if (broken.includes(host)) throw new StepFailure('failed', 'broken');
      };
      const plan = smallPlan(['b1'], ['b2', 'b3', 'b4', 'b5']);
      expect(await room.run(plan)).toEqual({ state: 'done', message: '1 of 1 hosts done' });
      expect(room.memory.assigned).toEqual([broken.length === 2 ? 'b3' : 'b5']);
      const again = new FakeRoom();
      expect((await again.run(plan, room.memory.events)).state).toBe('done');
      expect(again.applied).toEqual([]);
    }
  });

  it('is not to blame for what goes wrong on our own machine', async () => {
    const room = new FakeRoom();
    room.behave = (host) => {
      if (host === 'b1')
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    expect((await room.run(smallPlan(['b1'], ['b2']))).state).toBe('failed');
    expect(room.memory.unfit.size).toBe(0);
    expect(room.applied).not.toContain('b2 host.script');
  });

  it('fails the operation when no spare is left; the others finish', async () => {
    const room = new FakeRoom();
    room.behave = (host) => {
      if (host !== 'b2' && host !== 'template')
        throw new ConnectError(host, 'unreachable', `${host}: no route`);
    };
    const end = await room.run(smallPlan(['b1', 'b2'], ['b3']));
    expect(end).toEqual({ state: 'failed', message: '1 of 2 hosts done' });
    expect(room.memory.assigned).toEqual(['b2']);
  });

  it('is not called unfit when another operation has it', async () => {
    const room = new FakeRoom();
    const plan = smallPlan(['b1']);
    const [expand, ...rest] = plan.stages;
    const claim = { id: 'reserve', title: 'reserve', action: { kind: 'pool.claim', room: 'B' } } as const;
    const lanes = expand?.lanes.map((lane) => ({ ...lane, steps: [claim, ...lane.steps] })) ?? [];
    room.behave = (_, kind) => {
      if (kind === 'pool.claim') throw new StepFailure('failed', 'another operation has taken it');
    };
    await room.run({ ...plan, stages: [{ ...expand, lanes } as never, ...rest] });
    expect(room.memory.unfit.size).toBe(0);
  });

  it('is not set aside for the fault of another host', async () => {
    const room = new FakeRoom();
    room.behave = (host, kind) => {
      if (kind === 'host.script')
        throw new LinkLostError('template', `template: the connection was lost (${host})`);
    };
    const end = await room.run(smallPlan(['b1'], ['b2']));
    expect(end.state).toBe('failed');
    expect(room.memory.unfit.size).toBe(0);
    expect(room.applied).not.toContain('b2 host.script');
  });
});

describe('a step whose outcome is unknown', () => {
  it('is probed, and not repeated when it was done', async () => {
    const room = new FakeRoom();
    room.there.add('b1 unit.state');
    room.behave = (host, kind) => {
      if (kind === 'unit.state') throw new LinkLostError(host);
    };
    expect((await room.run(smallPlan(['b1']))).state).toBe('done');
    expect(room.applied.filter((line) => line.includes('unit.state'))).toEqual(['b1 unit.state started']);
  });

  it('is repeated when the probe does not find it', async () => {
    const room = new FakeRoom();
    let lost = false;
    room.behave = (host, kind) => {
      if (kind !== 'unit.state' || lost) return;
      lost = true;
      throw new LinkLostError(host);
    };
    expect((await room.run(smallPlan(['b1']))).state).toBe('done');
    expect(room.applied.filter((line) => line === 'b1 unit.state started')).toHaveLength(2);
  });

  it('was cut off by the operator: says that, and blames nobody', async () => {
    const room = new FakeRoom();
    room.behave = async (_host, kind) => {
      if (kind !== 'unit.state') return;
      room.cut.abort(new FailedError('interrupted'));
      await sleep(60_000, undefined, { signal: room.cut.signal });
    };
    await room.run(smallPlan(['b1']));
    const ends = room.memory.events.filter((e) => e.type === 'step-finished' && e.step === 'start');
    expect(ends).toMatchObject([{ result: { status: 'unknown', message: 'interrupted', culprit: 'b1' } }]);
  });

  it('stays unknown when the host cannot be reached again', async () => {
    const room = new FakeRoom();
    let calls = 0;
    room.behave = (host, kind) => {
      if (kind !== 'unit.state') return;
      throw calls++ === 0
        ? new LinkLostError(host)
        : new ConnectError(host, 'unreachable', `${host}: no route`);
    };
    const plan = smallPlan(['b1']);
    await room.run(plan);
    const ends = room.memory.events.flatMap((event) =>
      event.type === 'step-finished' && event.step === 'start' && !event.undo ? [event.result.status] : [],
    );
    expect(ends).toEqual(['unknown', 'unknown']);
  });
});

describe('resume', () => {
  it('goes on from the step that was open, and repeats nothing that was done', async () => {
    for (let cutAfter = 1; cutAfter < 20; cutAfter++) {
      const whole = new FakeRoom();
      const plan = smallPlan(['b1', 'b2']);
      await whole.run(plan, [], 1);
      const past = whole.memory.events.slice(0, cutAfter);
      const doneBefore = past.flatMap((e) => (e.type === 'step-finished' ? [`${e.lane} ${e.step}`] : []));
      const again = new FakeRoom();
      const end = await again.run(plan, past, 1);
      expect(end.state).toBe('done');
      const all = [...past, ...again.memory.events];
      const finished = all.flatMap((e) => (e.type === 'step-finished' ? [`${e.lane} ${e.step}`] : []));
      expect(new Set(finished).size).toBe(finished.length);
      expect(finished.slice(0, doneBefore.length)).toEqual(doneBefore);
    }
  });

  it('probes the step in which the controller died', async () => {
    const whole = new FakeRoom();
    const plan = smallPlan(['b1']);
    await whole.run(plan, [], 1);
    const at = whole.memory.events.findIndex((e) => e.type === 'step-started' && e.step === 'start');
    const again = new FakeRoom();
    again.there.add('b1 unit.state');
    await again.run(plan, whole.memory.events.slice(0, at + 1), 1);
    expect(again.applied.some((line) => line.includes('unit.state'))).toBe(false);
  });

  it('keeps the spare that took a place before', async () => {
    const first = new FakeRoom();
    const plan = smallPlan(['b1', 'b2'], ['b3', 'b4']);
    first.behave = (host, kind) => {
      if (host === 'b1') throw new StepFailure('failed', 'broken');
      if (host === 'b3' && kind === 'unit.state') first.stop.abort();
    };
    expect((await first.run(plan)).state).toBe('interrupted');
    const again = new FakeRoom();
    expect((await again.run(plan, first.memory.events)).state).toBe('done');
    expect(again.memory.assigned.sort()).toEqual(['b2', 'b3']);
    expect(again.applied.some((line) => line.startsWith('b1') || line.startsWith('b4'))).toBe(false);
  });

  it('tries a host again that failed and was not replaced', async () => {
    const first = new FakeRoom();
    const plan = smallPlan(['b1']);
    first.behave = () => {
      throw new StepFailure('failed', 'broken');
    };
    expect((await first.run(plan)).state).toBe('failed');
    const again = new FakeRoom();
    expect((await again.run(plan, first.memory.events)).state).toBe('done');
    expect(summarize(plan, [...first.memory.events, ...again.memory.events], KINDS).hosts[0]?.state).toBe(
      'done',
    );
  });
});

describe('the gate', () => {
  it('takes everything back when it stays shut, and nothing joins', async () => {
    const room = new FakeRoom();
    room.behave = (_, kind) => {
      if (kind === 'copy.check') throw new StepFailure('failed', 'the files moved');
    };
    const end = await room.run(smallPlan(['b1', 'b2']));
    expect(end.state).toBe('undone');
    expect(room.memory.assigned).toEqual([]);
    expect(room.memory.released).toBe(true);
    expect(room.applied.filter((line) => line.endsWith('stopped')).sort()).toEqual([
      'b1 unit.state stopped',
      'b2 unit.state stopped',
    ]);
  });

  it('keeps everything for a resume when it could not be judged', async () => {
    const room = new FakeRoom();
    room.behave = (host, kind) => {
      if (kind === 'copy.check') throw new ConnectError(host, 'unreachable', 'template: no route');
    };
    const end = await room.run(smallPlan(['b1']));
    expect(end.state).toBe('failed');
    expect(room.memory.released).toBe(false);
    expect(room.applied).not.toContain('b1 unit.state stopped');
  });
});

it('masks secrets before anything is stored', async () => {
  const room = new FakeRoom();
  room.secrets.add('DB_PASSWORD', 'hunter2hunter2');
  room.behave = () => {
    throw new StepFailure('failed', 'login as shop:hunter2hunter2 refused');
  };
  await room.run(smallPlan(['b1']));
  expect(JSON.stringify(room.memory.events)).not.toContain('hunter2hunter2');
  expect(JSON.stringify([...room.memory.unfit])).not.toContain('hunter2hunter2');
});
