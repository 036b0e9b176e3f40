import { describe, expect, it } from 'vitest';
import { planForcedSwitch } from '../../../src/lib/database/forced-plan.js';
import { planRejoin } from '../../../src/lib/database/rejoin-plan.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { LinkLostError } from '../../../src/lib/ssh/connect-error.js';
import { impatient } from '../../support/database-world.js';
import { details, FORCED_TO_B, ForcedWorld, failing, partedWorld } from '../../support/forced-world.js';
import { runUntil } from '../../support/simulated-drill.js';

const SECRETS = new Secrets();
SECRETS.add('REPL', 'secret');

type AnyPlan = ReturnType<typeof planForcedSwitch>['plan'];
const run = (plan: AnyPlan, world: ForcedWorld, past: readonly RunEvent[] = [], events?: number) =>
  runUntil(plan, world, past, events, undefined, SECRETS);
const forcedIn = (world: ForcedWorld, withoutFence = false) =>
  impatient(planForcedSwitch(FORCED_TO_B, world.forcedFacts(), { withoutFence }).plan);
const rejoinIn = (world: ForcedWorld) => impatient(planRejoin(FORCED_TO_B, world.forcedFacts()).plan);

function recording(world: ForcedWorld): string[] {
  const order: string[] = [];
  world.after = (command, { host }) => void (/claim|close/.test(command) || order.push(`${host} ${command}`));
  return order;
}

const messagesOf = (events: readonly RunEvent[]) =>
  events
    .flatMap((event) =>
      event.type === 'step-finished' && event.result.status !== 'unknown' ? [event.result] : [],
    )
    .map(({ message }) => message)
    .join('\n');

function expectNothingPromoted(world: ForcedWorld): void {
  expect(world.b.takesWrites).toBe(false);
  expect(world.b.told).not.toContain('takeWritesAlone');
  expect(world.splits).toEqual([]);
}

describe('a forced switch', () => {
  it('in this order, and nothing that was received is lost', async () => {
    const world = new ForcedWorld();
    const order = recording(world);
    const { end, events } = await run(forcedIn(world), world);
    expect(end).toMatchObject({ state: 'done' });
    expect(order).toEqual([
      'db-a fence',
      'db-b stopReceiving',
      'db-b stopReplicating',
      'db-b unfence',
      'db-b takeWritesAlone',
    ]);
    expect([world.a.takesWrites, world.b.takesWrites, world.b.has]).toEqual([false, true, '0-1-12']);
    expect(messagesOf(events)).toContain(
      'db-b has all that it had received, up to 0-1-12; left behind at db-a: nothing',
    );
    for (const each of world.all) expect(each.device.phase).toBe('closed');
    expect(world.splits).toEqual([]);
  });

  it('an applier that is stopped is started before the receiver is stopped', async () => {
    const world = new ForcedWorld();
    world.applier = 'down';
    const order = recording(world);
    const { end } = await run(forcedIn(world), world);
    expect(end).toMatchObject({ state: 'done' });
    expect(order.slice(1, 3)).toEqual(['db-b startApplying', 'db-b stopReceiving']);
    expect(world.b.has).toBe('0-1-12');
  });

  it('what the old one has beyond is named, and is a fact of the operation', async () => {
    const world = new ForcedWorld();
    const plan = forcedIn(world);
    world.a.has = '0-1-15';
    const { events } = await run(plan, world);
    expect(messagesOf(events)).toContain('left behind at db-a: 0-1-13..15');
    const drain = events.find((event) => event.type === 'step-finished' && event.step === 'drain');
    expect(drain).toMatchObject({ result: { facts: { 'database.received': '0-1-12' } } });
    const fence = events.find((event) => event.type === 'step-finished' && event.step === 'fence');
    expect(fence).toMatchObject({ result: { facts: { 'database.last': '0-1-15' } } });
  });

  it('killed after any event, and gone on with by another process: the same end', async () => {
    const whole = new ForcedWorld();
    const { events } = await run(forcedIn(whole), whole);
    for (let count = 1; count < events.length; count += 1) {
      const world = new ForcedWorld();
      const plan = forcedIn(world);
      const killed = await run(plan, world, [], count);
      expect(killed.end).toBeUndefined();
      const past = JSON.parse(JSON.stringify(killed.events)) as RunEvent[];
      const { end } = await run(plan, world, past);
      expect([count, end?.state]).toEqual([count, 'done']);
      expect([world.a.takesWrites, world.b.takesWrites, world.b.has]).toEqual([false, true, '0-1-12']);
      expect([count, world.splits]).toEqual([count, []]);
    }
  });

  it('a server that was killed and does not start is fenced, too', async () => {
    const world = new ForcedWorld();
    const plan = forcedIn(world);
    world.fenceEnds = 'stopped';
    world.a.isSilent = true;
    const { end, events } = await run(plan, world);
    expect(end).toMatchObject({ state: 'done' });
    expect(messagesOf(events)).toContain('db-a was killed and does not start; it would start read-only');
    expect(messagesOf(events)).toContain('how far db-a was could not be read');
  });

  it('proxies of the lost room are told of, and are no failure; those of the own room are', async () => {
    const world = new ForcedWorld();
    world.silentProxies.add('lb-a');
    const { end, events } = await run(forcedIn(world), world);
    expect(end).toMatchObject({ state: 'done' });
    expect(messagesOf(events)).toContain(
      'clients of room B are sent to db-b; proxy lb-a sends clients to could not be asked: no answer',
    );
    const other = new ForcedWorld();
    const plan = forcedIn(other);
    other.silentProxies.add('lb-b');
    expect((await run(plan, other)).end).toMatchObject({ state: 'failed' });
    other.silentProxies.clear();
  });
});

describe('nothing is promoted', () => {
  it.each<readonly [string, (world: ForcedWorld) => void, RegExp]>([
    [
      'where the fence fails',
      (world) => {
        world.before = (command) => {
          if (command === 'fence') throw failing('no space left');
        };
      },
      /fence: no space left/,
    ],
    [
      'where its end is unknown',
      (world) => {
        world.before = (command) => {
          if (command === 'fence') throw new LinkLostError('db-a');
        };
      },
      /db-a/,
    ],
    [
      'where the old one takes writes after it',
      (world) => {
        world.after = (command) => {
          if (command === 'fence') world.a.takesWrites = true;
        };
      },
      /it takes writes after it was fenced/,
    ],
    [
      'where it does not answer after it',
      (world) => {
        world.after = (command) => {
          if (command === 'fence') world.a.isSilent = true;
        };
      },
      /db-a could not be asked/,
    ],
    [
      'where it was opened by hand meanwhile',
      (world) => {
        world.after = (command) => {
          if (command === 'stopReplicating') world.a.takesWrites = true;
        };
      },
      /db-a takes writes again: no other server may/,
    ],
    [
      'where another operation has it by then',
      (world) => {
        world.after = (command) => {
          if (command === 'fence')
            for (const each of world.all)
              each.device = { generation: { number: 9, id: 'x' }, phase: 'back', operation: 'x' };
        };
      },
      /was claimed by x/,
    ],
    [
      'where the new one cannot apply: its receiver is left alone',
      (world) => {
        world.after = (command) => {
          if (command === 'fence') Object.assign(world, { applier: 'down', error: '1062' });
        };
      },
      /it does not apply what it has received \(1062\)/,
    ],
    [
      'where both threads have stopped: nothing is started',
      (world) => {
        world.after = (command) => {
          if (command === 'fence') Object.assign(world, { applier: 'down', receiver: 'down' });
        };
      },
      /it neither receives nor applies/,
    ],
    [
      'where it lost what it had received',
      (world) => {
        world.after = (command) => {
          if (command === 'stopReceiving') world.received = '0-1-9';
        };
      },
      /it has lost what it had received: 0-1-10\.\.12/,
    ],
  ])('%s', async (_, behave, message) => {
    const world = new ForcedWorld();
    const plan = forcedIn(world);
    behave(world);
    const { end } = await run(plan, world);
    expect(end).toMatchObject({ state: 'failed', message: expect.stringMatching(message) });
    expectNothingPromoted(world);
    expect(world.b.told.filter((each) => each === 'startApplying' && world.receiver === 'down')).toEqual([]);
  });

  it('where its applier cannot be made to run, its receiver is not stopped', async () => {
    const world = new ForcedWorld();
    const plan = forcedIn(world);
    Object.assign(world, { applier: 'down', error: '1062' });
    await run(plan, world);
    expect(world.b.told).toEqual(['claim', 'startApplying']);
  });
});

describe('without a fence', () => {
  const lost = () => {
    const world = new ForcedWorld();
    world.a.isSilent = true;
    world.unreachable.add('db-a');
    return world;
  };

  it('it promotes beside a silent server, and touches nothing there', async () => {
    const world = lost();
    const { end, events } = await run(forcedIn(world, true), world);
    expect(end).toMatchObject({ state: 'done' });
    expect([world.b.takesWrites, world.a.told]).toEqual([true, []]);
    expect(messagesOf(events)).toContain('db-a could not be asked: no answer');
  });

  it('one that answers by then, and takes writes, could be fenced: nothing is promoted', async () => {
    const world = lost();
    const plan = forcedIn(world, true);
    world.a.isSilent = false;
    const { end } = await run(plan, world);
    expect(end?.message).toContain('db-a answers, and takes writes: it can be fenced');
    expectNothingPromoted(world);
  });
});

describe('a server returns', () => {
  it('read-only, replicates, has caught up, and only then its fence goes', async () => {
    const world = partedWorld();
    const plan = rejoinIn(world);
    const order = recording(world);
    const follow = world.after;
    world.after = (command, server) => {
      follow(command, server);
      if (command === 'replicateFrom') world.a.has = world.b.has;
    };
    const { end } = await run(plan, world);
    expect(end).toMatchObject({ state: 'done' });
    expect(order).toEqual(['db-a replicateFrom', 'db-a unfence', 'db-b waitForReplica']);
    expect(world.a).toMatchObject({ takesWrites: false, source: 'db-b' });
    expect(world.fences.get('db-a')).toMatchObject({ file: 'none' });
    expect(planRejoin(FORCED_TO_B, world.forcedFacts())).toMatchObject({
      plan: { stages: [] },
      done: 'db-a replicates from db-b already',
    });
    expect(world.splits).toEqual([]);
  });

  it('killed after any event, and gone on with by another process: the same end', async () => {
    const start = () => {
      const world = partedWorld();
      world.after = (command) => {
        if (command === 'replicateFrom') world.a.has = world.b.has;
      };
      return world;
    };
    const whole = start();
    const { events } = await run(rejoinIn(whole), whole);
    for (let count = 1; count < events.length; count += 1) {
      const world = start();
      const plan = rejoinIn(world);
      const killed = await run(plan, world, [], count);
      const past = JSON.parse(JSON.stringify(killed.events)) as RunEvent[];
      const { end } = await run(plan, world, past);
      expect([count, end?.state, world.splits]).toEqual([count, 'done', []]);
      expect(world.a).toMatchObject({ takesWrites: false, source: 'db-b' });
    }
  });

  it('what only it has is named and archived, and it is not attached', async () => {
    const world = partedWorld({ a: '0-1-15' });
    const { end, events } = await run(rejoinIn(world), world);
    expect(end?.state).toBe('failed');
    expect(end?.message).toContain('it cannot follow db-b, as it has 0-1-13..15, which db-b lacks');
    expect(end?.message).toContain('/var/lib/kuafu/errant/orders-op.sql on db-a (7 bytes, sha256 abab');
    expect(messagesOf(events)).toContain('db-a has 0-1-13..15, which db-b lacks: kept in ');
    expect(world.archived).toEqual(['orders-op.sql behind 0-1-12']);
    expect([world.a.source, world.a.takesWrites]).toEqual([undefined, false]);
    expect(world.a.told).toEqual(['claim', 'archive']);
  });

  it('one that takes writes is fenced first', async () => {
    const world = partedWorld();
    Object.assign(world.a, { takesWrites: true, semiSync: true });
    world.fences.set('db-a', world.fences.get('db-b') ?? '');
    const plan = rejoinIn(world);
    const order = recording(world);
    await run(plan, world);
    expect(order.slice(0, 2)).toEqual(['db-a fence', 'db-a replicateFrom']);
  });

  it('the primary was restarted and is read-only: the old one, which takes writes, returns all the same', async () => {
    const world = partedWorld();
    world.b.takesWrites = false;
    world.a.takesWrites = true;
    const { plan } = planRejoin(FORCED_TO_B, world.forcedFacts());
    expect(plan.title).toBe('let db-a replicate from db-b in orders');
    expect(plan.risks.map(({ message }) => message).join('\n')).toContain(
      'db-b takes no writes, and is left so; to open it: kuafu db switch orders --to B --force',
    );
    world.after = (command) => {
      if (command === 'replicateFrom') world.a.has = world.b.has;
    };
    const { end } = await run(impatient(plan), world);
    expect(end).toMatchObject({ state: 'done' });
    expect([world.a.takesWrites, world.a.source, world.b.takesWrites]).toEqual([false, 'db-b', false]);
  });

  it.each<readonly [string, (world: ForcedWorld) => unknown, string]>([
    ['one is silent', (world) => Object.assign(world.b, { isSilent: true }), 'db-b: could not be asked'],
    [
      'a restart would make it a second primary',
      (world) => world.details.set('db-a', details({ startsReadOnly: false })),
      'read_only in the files of db-a: off, wanted on',
    ],
    ['nobody can tell which it is', (world) => Object.assign(world.a, { has: '0-7-3' }), 'cannot be told'],
    [
      'it takes writes and cannot be fenced',
      (world) => {
        world.a.takesWrites = true;
        world.fences.set('db-a', 'no route');
      },
      'db-a, which takes writes, can be fenced: no: no route',
    ],
    [
      'another operation has it',
      (world) => {
        world.a.device = { generation: { number: 3, id: 'x' }, phase: 'forward', operation: 'x' };
      },
      'orders at db-a is claimed by operation x',
    ],
  ])('is refused where %s', (_, change, message) => {
    const world = partedWorld();
    change(world);
    const { plan, hint } = planRejoin(FORCED_TO_B, world.forcedFacts());
    expect(plan.stages).toEqual([]);
    expect(plan.risks.map((risk) => risk.message).join('\n')).toContain(message);
    expect(hint).not.toBe('');
  });
});
