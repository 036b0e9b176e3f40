import type { OperationRecord } from '../../../src/lib/ledger/ledger.js';
import type { Plan, Stage } from '../../../src/lib/plan/plan.js';
import type { RunEvent, StepResult } from '../../../src/lib/record/events.js';
import { CHECKSUM, farOwner, planOf, stageOf } from '../ledger/fixture.js';

const START = Date.parse('2026-11-23T10:00:00.000Z');

/** `new-b-01` to `new-b-NN`. */
export function hostNames(count: number): string[] {
  const width = Math.max(2, String(count).length);
  return Array.from({ length: count }, (_, index) => `new-b-${String(index + 1).padStart(width, '0')}`);
}

export function recordOf(
  plan: Plan,
  events: readonly RunEvent[],
  over: Partial<OperationRecord> = {},
): OperationRecord {
  return {
    id: '261123-k3f9',
    kind: 'scale',
    title: plan.title,
    app: 'shop',
    group: 'web',
    room: 'B',
    state: 'failed',
    owner: farOwner('wang'),
    startedAt: new Date(START).toISOString(),
    finishedAt: new Date(START + 83_000).toISOString(),
    workedMs: 81_000,
    message: '1 of 3 hosts done',
    resumed: false,
    crashed: false,
    undoneBy: null,
    resumable: true,
    plan,
    checksum: CHECKSUM,
    isAsMade: true,
    events,
    ...over,
  };
}

/** A second apart. */
export class Story {
  readonly events: RunEvent[] = [{ at: at(0), type: 'operation-started', operator: 'wang', resumed: false }];

  step(host: string, step: string, result?: StepResult, undo = false): this {
    const where = { stage: 'expand', lane: host, step, undo };
    this.events.push({ at: at(this.events.length), type: 'step-started', attempt: 1, ...where });
    if (result) this.events.push({ at: at(this.events.length), type: 'step-finished', ...where, result });
    return this;
  }

  setAside(host: string, reason: string, replacedBy: string | null): this {
    const event = {
      type: 'host-set-aside',
      stage: 'expand',
      host,
      reason,
      failure: 'failed',
      replacedBy,
    } as const;
    this.events.push({ at: at(this.events.length), ...event });
    return this;
  }
}

export function done(elapsedMs: number, changed = true): StepResult {
  return { status: 'done', changed, message: '', elapsedMs };
}

export function failed(message: string, culprit: string, elapsedMs = 3000): StepResult {
  return { status: 'failed', failure: 'failed', message, culprit, elapsedMs };
}

const LOST: StepResult = {
  status: 'unknown',
  message: 'h-11: the connection was lost',
  culprit: 'h-11',
  elapsedMs: 30_000,
};

/** Three wanted and two on standby: one done, one failed and replaced by one that hangs, one in every other state. */
export function troubledRecord(over: Partial<OperationRecord> = {}): OperationRecord {
  const [one = '', two = '', ten = '', spare = '', idle = ''] = ['h-1', 'h-2', 'h-10', 'h-11', 'h-12'];
  const steps = ['connect', 'copy', 'start'];
  const stage: Stage = {
    ...stageOf('expand', [one, two, ten], steps),
    standby: stageOf('expand', [spare, idle], steps).lanes,
  };
  const story = new Story()
    .step(one, 'connect', done(1200, false))
    .step(one, 'copy', done(73_000))
    .step(one, 'start', done(2100))
    .step(two, 'connect', done(900))
    .step(two, 'copy', failed('h-2: no space left on device', two))
    .setAside(two, 'h-2: no space left on device', spare)
    .step(ten, 'connect', { status: 'skipped', message: 'not needed' })
    .step(ten, 'copy', done(500))
    .step(ten, 'copy', done(500), true)
    .step(ten, 'start', failed('no space left on device\u001b[2J', 'web-a-1'))
    .step(spare, 'connect', LOST)
    .step(spare, 'copy');
  return recordOf(planOf([one, two, ten], { stages: [stage] }), story.events, over);
}

function at(second: number): string {
  return new Date(START + second * 1000).toISOString();
}
