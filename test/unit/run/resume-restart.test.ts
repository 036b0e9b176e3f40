import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KINDS, loadHandlers } from '../../../src/lib/actions.js';
import type { HealthCheck } from '../../../src/lib/config/config-types.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import type { Plan } from '../../../src/lib/plan/plan.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { runPlan } from '../../../src/lib/run/runner.js';
import { MemoryLedger } from '../../support/memory-ledger.js';
import { PretendUnit } from '../../support/pretend-unit.js';
import { restartOf } from '../../support/restart-of.js';

// The host of a restart that failed was repaired, or not, before it is resumed: the real steps, on a unit that a shell knows.
const ASKING = { http: '', passes: 2, everyMs: 1, timeoutMs: 10_000 };
const unit = 'shop.service';
let host: PretendUnit;
let events: RunEvent[];
let patienceMs: number | undefined;

beforeEach(async () => {
  host = await PretendUnit.open();
  events = [];
  patienceMs = undefined;
});
afterEach(() => host.close());

/** The first run asks once, a resume as long as it takes. */
function plan(): Plan {
  const check = {
    ...ASKING,
    withinMs: patienceMs ?? (events.length === 0 ? 0 : 20_000),
  } as unknown as HealthCheck;
  const judged = { by: 'health', url: host.url, check };
  const action = (id: string, action: unknown) => ({ id, title: id, action });
  const steps = [
    action('stop', { kind: 'unit.stop', unit, invocation: '1' }),
    action('start', { kind: 'unit.start', unit, judged }),
    action('health', { kind: 'unit.health', unit, url: host.url, check }),
  ];
  return restartOf({ b1: steps }, { rollout: { budgets: { failed: 0, unreachable: 0, unhealthy: 0 } } });
}

/** Runs the restart, or goes on with it. @returns its state, and how each step ended this time */
async function run(): Promise<readonly string[]> {
  const memory = new MemoryLedger();
  const end = await runPlan(plan(), {
    operation: 'test-op',
    operator: 'tester',
    past: events,
    ledger: memory.ledger,
    connections: { session: async () => host.session, hangUp: () => undefined, close: async () => undefined },
    kinds: KINDS,
    handlers: (await loadHandlers())({} as never),
    secrets: new Secrets(),
    listeners: [],
    forks: 1,
    stop: new AbortController().signal,
    cut: new AbortController().signal,
  });
  events.push(...memory.events);
  const steps = memory.events.flatMap((event) =>
    event.type === 'step-finished' ? [`${event.step} ${event.result.status}`] : [],
  );
  return [end.state, ...steps];
}

describe('a unit that died', () => {
  beforeEach(async () => {
    host.config = 'dies';
    expect(await run()).toEqual(['failed', 'stop done', 'start done', 'health failed']);
    expect(host.state).toBe('failed');
  });

  it('and was repaired, but started by nobody, is started by the resume', async () => {
    host.config = 'good';
    expect(await run()).toEqual(['done', 'start done', 'health done']);
    expect(host.runs).toBe(3);
  });

  it('and was started by whoever repaired it is not started again', async () => {
    host.config = 'good';
    await host.type('systemctl start shop.service');
    expect(await run()).toEqual(['done', 'start done', 'health done']);
    expect(host.runs).toBe(3);
  });

  it('and was not repaired fails again', async () => {
    expect(await run()).toEqual(['failed', 'start done', 'health failed']);
    expect(host.runs).toBe(3);
  });
});

describe('a unit that runs and never gets healthy', () => {
  beforeEach(async () => {
    host.config = 'sick';
    expect(await run()).toEqual(['failed', 'stop done', 'start done', 'health failed']);
    expect(host.state).toBe('active');
  });

  it('and whose file was mended begins another run, which reads that', async () => {
    host.config = 'good';
    expect(await run()).toEqual(['done', 'start done', 'health done']);
    expect(host.runs).toBe(3);
  });

  it('in time, and is healthy by now, is left alone', async () => {
    host.run = 'good';
    expect(await run()).toEqual(['done', 'start done', 'health done']);
    expect(host.runs).toBe(2);
  });

  it('and was restarted by whoever mended it is not restarted again', async () => {
    host.config = 'good';
    await host.type('systemctl restart shop.service');
    expect(await run()).toEqual(['done', 'start done', 'health done']);
    expect(host.runs).toBe(3);
  });
});

it('a unit that died after its host was done up to the join is started, too', async () => {
  const finished = (step: string): RunEvent => ({
    ...{ at: '2026-11-29T10:00:00.000Z', type: 'step-finished', stage: 'restart', lane: 'b1', undo: false },
    ...{ step, result: { status: 'done', changed: true, message: '', elapsedMs: 1 } },
  });
  await host.type('systemctl stop shop.service');
  events.push(finished('stop'), finished('start'));
  expect(await run()).toEqual(['done', 'start done', 'health done']);
  expect(host.runs).toBe(2);
});

it('a unit that is inactive while something answers is not healthy: that is another program', async () => {
  host.config = 'ends';
  patienceMs = 1000;
  expect(await run()).toEqual(['failed', 'stop done', 'start done', 'health failed']);
  const { result } = events.findLast((event) => event.type === 'step-finished') as {
    result: { message: string };
  };
  expect(result.message).toContain('it answers, and shop.service is inactive: something else listens there');
});

it('a unit that has only started what answers is', async () => {
  host.config = 'starter';
  patienceMs = 20_000;
  expect(await run()).toEqual(['done', 'stop done', 'start done', 'health done']);
});
