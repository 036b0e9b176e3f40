import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ledger } from '../../../src/lib/ledger/ledger.js';
import { openLedger } from '../../../src/lib/ledger/open.js';
import { currentOwner } from '../../../src/lib/ledger/owner.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import type { Plan } from '../../../src/lib/plan/plan.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { openQuestion, questionKey } from '../../../src/lib/record/questions.js';
import type { RunOptions } from '../../../src/lib/run/run-options.js';
import { runPlan } from '../../../src/lib/run/runner.js';
import { drillPlan, QUESTION, SimulatedWorld } from '../../support/simulated-drill.js';
import { deadOwner, scratchFolder } from '../ledger/fixture.js';

const PLAN = drillPlan('always', { everyMs: 60_000 }) as unknown as Plan;
const HOLD = questionKey({ stage: 'hold', lane: 'control', step: 'hold' });

let folder: Awaited<ReturnType<typeof scratchFolder>>;
/** Whoever runs the operation, and somebody else's connection to the same ledger. */
let own: Ledger;
let other: Ledger;

beforeEach(async () => {
  folder = await scratchFolder();
  const config = { ledger: { kind: 'sqlite' as const, file: join(folder.path, 'ledger.db') } };
  own = await openLedger(config);
  other = await openLedger(config);
});

afterEach(async () => {
  await Promise.all([own.close(), other.close()]);
  await folder.remove();
});

function run(
  id: string,
  plan: Plan,
  world: SimulatedWorld,
  over: Partial<RunOptions> = {},
): ReturnType<typeof runPlan> {
  const never = new AbortController().signal;
  return runPlan(plan, {
    ...{ operation: id, operator: 'wang', past: [], ledger: own, kinds: {}, handlers: world.handlers },
    connections: {
      session: () => Promise.reject(new Error('no connection in this test')),
      hangUp: () => undefined,
      close: async () => undefined,
    },
    ...{ secrets: new Secrets(), listeners: [], forks: 10, stop: never, cut: never },
    ...over,
  });
}

function asking(): SimulatedWorld {
  const world = new SimulatedWorld();
  world.asks = true;
  return world;
}

/** As somebody on another machine sees it. */
async function untilAsked(id: string): Promise<void> {
  await expect
    .poll(async () => openQuestion((await other.show(id)).events)?.question, { timeout: 10_000 })
    .toBe(QUESTION.question);
}

const eventsOf = async (id: string): Promise<readonly RunEvent[]> => (await other.show(id)).events;
const ofType = (events: readonly RunEvent[], type: RunEvent['type']) =>
  events.filter((event) => event.type === type);

describe('a question', { timeout: 30_000 }, () => {
  it('is answered by another connection to the ledger, within two seconds', async () => {
    const id = await own.open(PLAN, currentOwner({}));
    const world = asking();
    const running = run(id, PLAN, world);
    await untilAsked(id);
    const toldAt = performance.now();
    await other.signal(id, { word: 'go', about: HOLD }, 'li');
    expect((await running).state).toBe('done');
    expect(performance.now() - toldAt).toBeLessThan(2000);
    expect(world.answers).toEqual(['go']);
    const events = await eventsOf(id);
    expect(ofType(events, 'answered')).toMatchObject([{ word: 'go', by: 'li', stage: 'hold' }]);
    expect(openQuestion(events)).toBeUndefined();
  });

  it('is answered where the operation runs, and the first answer stands', async () => {
    const id = await own.open(PLAN, currentOwner({}));
    const world = asking();
    await run(id, PLAN, world, { askHere: async () => 'heal' });
    expect(world.answers).toEqual(['heal']);
    expect(ofType(await eventsOf(id), 'answered')).toMatchObject([{ word: 'heal', by: 'wang' }]);
  });

  it('that its process died with is not asked again, and an answer of meanwhile is heard', async () => {
    const id = await own.open(PLAN, deadOwner('wang'));
    const cut = new AbortController();
    const died = new Error('killed');
    let isDead = false;
    const append: Ledger['append'] = async (operation, event) => {
      if (isDead) throw died;
      await own.append(operation, event);
      if (event.type !== 'asked') return;
      isDead = true;
      cut.abort(died);
    };
    const dying = { ...ledgerPart(own), append };
    await expect(run(id, PLAN, asking(), { ledger: dying, cut: cut.signal })).rejects.toBe(died);
    // No word that it takes, no question of its own, and then the answer, while nobody runs it.
    await other.signal(id, { word: 'maybe', about: HOLD }, 'li');
    await other.signal(
      id,
      { word: 'go', about: questionKey({ stage: 'cut', lane: 'gw-a', step: 'x' }) },
      'li',
    );
    await other.signal(id, { word: 'go', about: HOLD }, 'li');
    const { events: past } = await own.takeOver(id, currentOwner({}));
    const world = asking();
    const end = await run(id, PLAN, world, { past });
    expect(end.state).toBe('done');
    expect(world.answers).toEqual(['go']);
    const events = await eventsOf(id);
    expect(ofType(events, 'asked')).toHaveLength(1);
    expect(ofType(events, 'answered')).toHaveLength(1);
    expect(ofType(events, 'heard')).toMatchObject([{ signal: 1 }, { signal: 2 }, { signal: 3 }]);
  });

  it('waits on once it was told to stop, and is answered after a resume', async () => {
    const { wayBack: _, keepers: __, ...plan } = PLAN;
    const id = await own.open(plan, currentOwner({}));
    const stop = new AbortController();
    const running = run(id, plan, asking(), { stop: stop.signal });
    await untilAsked(id);
    stop.abort();
    expect(await running).toMatchObject({ state: 'interrupted' });
    const { events: past } = await own.takeOver(id, currentOwner({}));
    const world = asking();
    const again = run(id, plan, world, { past });
    await other.signal(id, { word: 'go', about: HOLD }, 'li');
    expect((await again).state).toBe('done');
    expect(ofType(await eventsOf(id), 'asked')).toHaveLength(1);
  });
});

describe('who runs an operation', { timeout: 30_000 }, () => {
  it.each([
    ['heal', 'signal'],
    ['stop', 'stopped'],
  ])('is told %s by anybody, and turns', async (word, why) => {
    const id = await own.open(PLAN, currentOwner({}));
    const world = asking();
    const running = run(id, PLAN, world);
    await untilAsked(id);
    await other.signal(id, { word, about: '' }, 'li');
    expect((await running).state).toBe('undone');
    expect(ofType(await eventsOf(id), 'turned')).toMatchObject([{ why, by: 'li' }]);
    expect(world.changes).toContain('primary A');
    expect(world.changes).not.toContain('held yes');
  });

  it('stops where there is no way back, and hears each word once', async () => {
    const { wayBack: _, keepers: __, ...plan } = PLAN;
    const id = await own.open(plan, currentOwner({}));
    const running = run(id, plan, asking());
    await untilAsked(id);
    await other.signal(id, { word: 'stop', about: '' }, 'li');
    expect(await running).toMatchObject({ state: 'interrupted' });
    const { events: past } = await own.takeOver(id, currentOwner({}));
    const again = run(id, plan, asking(), { past });
    await other.signal(id, { word: 'go', about: HOLD }, 'li');
    expect((await again).state).toBe('done');
  });

  it('hears before anything begins what was left while nobody ran it', async () => {
    const id = await own.open(PLAN, deadOwner('wang'));
    await other.signal(id, { word: 'heal', about: '' }, 'li');
    await own.takeOver(id, currentOwner({}));
    const world = new SimulatedWorld();
    await run(id, PLAN, world);
    const started = ofType(await eventsOf(id), 'step-started');
    expect(started.map((event) => 'stage' in event && event.stage)).not.toContain('preflight');
    expect(world.changes).not.toContain('gw-a cut');
  });
});

/** What the runner uses of it, as an object whose members can be others. */
function ledgerPart(ledger: Ledger): RunOptions['ledger'] {
  return {
    append: (...given) => ledger.append(...given),
    claim: (...given) => ledger.claim(...given),
    assign: (...given) => ledger.assign(...given),
    setUnfit: (...given) => ledger.setUnfit(...given),
    release: (...given) => ledger.release(...given),
    setKeptOut: (...given) => ledger.setKeptOut(...given),
    finish: (...given) => ledger.finish(...given),
    signals: (...given) => ledger.signals(...given),
  };
}
