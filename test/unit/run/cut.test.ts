import { describe, expect, it } from 'vitest';
import { FailedError } from '../../../src/lib/errors.js';
import { FakeRoom, StepFailure, smallPlan } from '../../support/fake-room.js';

const never = new Promise<void>(() => undefined);

function wantOut(room: FakeRoom): void {
  room.stop.abort(new FailedError('interrupted'));
  room.cut.abort(new FailedError('interrupted'));
}

/** Every step of the plan, and the undo of the one that has one. */
const STEPS = ['host.script', 'unit.state started', 'unit.state stopped', 'copy.check'] as const;

describe.each(STEPS)('a handler that waits for ever, deaf to all signals, in %s', (deaf) => {
  it.each([1, 2, 30])('does not hold up the second Ctrl-C, with %i at once', async (forks) => {
    const room = new FakeRoom();
    room.behave = async (host, kind, wanted) => {
      if (deaf === 'unit.state stopped' && host === 'b1' && wanted === 'started')
        throw new StepFailure('failed', 'broken');
      if (`${kind} ${wanted}`.trim() !== deaf) return;
      setTimeout(() => wantOut(room), 10);
      await never;
    };
    const end = await room.run(smallPlan(['b1', 'b2', 'b3'], ['b4']), [], forks);
    expect(end).toEqual({ state: 'interrupted', message: 'interrupted' });
    expect(room.memory.finished).toEqual(end);
    const open = room.memory.events.filter(({ type }) => type === 'step-started').length;
    expect(room.memory.events.filter(({ type }) => type === 'step-finished')).toHaveLength(open);
    expect([...room.memory.unfit.keys()]).toEqual(deaf === 'unit.state stopped' ? ['b1'] : []);
  });
});

it('begins nothing for whoever is out already', async () => {
  const room = new FakeRoom();
  room.behave = (_host, kind) => {
    if (kind === 'host.script') wantOut(room);
  };
  await room.run(smallPlan(['b1', 'b2']), [], 1);
  expect(room.applied).toEqual(['b1 host.script']);
});
