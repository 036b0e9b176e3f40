import { describe, expect, it } from 'vitest';
import { planDatabaseSwitch } from '../../../src/lib/database/switch-plan.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { StepFailure } from '../../../src/lib/run/step-handler.js';
import { LinkLostError } from '../../../src/lib/ssh/connect-error.js';
import { DatabaseWorld, details, impatient, TO_B } from '../../support/database-world.js';
import { runUntil } from '../../support/simulated-drill.js';

const planIn = (world: DatabaseWorld) => impatient(planDatabaseSwitch(TO_B, world.facts()).plan);
const SECRETS = new Secrets();
SECRETS.add('REPL', 'secret');
const run = (
  plan: ReturnType<typeof planIn>,
  world: DatabaseWorld,
  past: readonly RunEvent[] = [],
  events?: number,
) => runUntil(plan, world, past, events, undefined, SECRETS);

const CLAIMS = ['claim'];
const FORTH = {
  a: ['claim', 'stopWrites', 'replicateFrom', 'close'],
  b: ['claim', 'stopReplicating', 'waitForReplica', 'takeWrites', 'close'],
};

function expectPrimary(world: DatabaseWorld, host: 'db-a' | 'db-b'): void {
  const [one, other] = host === 'db-a' ? [world.a, world.b] : [world.b, world.a];
  expect(one).toMatchObject({ takesWrites: true, source: undefined, semiSync: true });
  expect(other).toMatchObject({ takesWrites: false, source: host, semiSync: false });
  for (const each of world.all) expect(each.device.phase).toBe('closed');
  expect(world.splits).toEqual([]);
}

describe('the primary moves', () => {
  it('in this order: the old one is attached before the new one takes writes', async () => {
    const world = new DatabaseWorld();
    const order: string[] = [];
    world.after = (command, { host }) => order.push(`${host} ${command}`);
    const { end, events } = await run(planIn(world), world);
    expect(end).toMatchObject({ state: 'done' });
    expectPrimary(world, 'db-b');
    expect(order.filter((each) => !/claim|close/.test(each))).toEqual([
      'db-a stopWrites',
      'db-b stopReplicating',
      'db-a replicateFrom',
      'db-b waitForReplica',
      'db-b takeWrites',
    ]);
    const gates = events.find((event) => event.type === 'step-finished' && event.step === 'gates');
    expect(gates).toMatchObject({ result: { evidence: expect.arrayContaining([expect.anything()]) } });
  });

  it('and back again', async () => {
    const world = new DatabaseWorld();
    await run(planIn(world), world);
    const facts = world.facts();
    const { plan } = planDatabaseSwitch({ ...TO_B, room: 'A', to: 'db-a' }, facts);
    expect(plan.risks.filter(({ level }) => level === 'refuse')).toEqual([]);
  });
});

describe('killed after any event, and gone on with by another process', () => {
  it('comes to the same end, with nothing done twice', async () => {
    const whole = new DatabaseWorld();
    const { events } = await run(planIn(whole), whole);
    for (let count = 1; count < events.length; count += 1) {
      const world = new DatabaseWorld();
      const plan = planIn(world);
      const killed = await run(plan, world, [], count);
      expect(killed.end).toBeUndefined();
      const past = JSON.parse(JSON.stringify(killed.events)) as RunEvent[];
      const { end } = await run(plan, world, past);
      expect([count, end?.state]).toEqual([count, 'done']);
      expectPrimary(world, 'db-b');
      expect([count, world.a.told, world.b.told]).toEqual([count, FORTH.a, FORTH.b]);
    }
  });

  it('on the way back, too', async () => {
    const start = () => {
      const world = new DatabaseWorld();
      world.before = (command) => {
        if (command === 'takeWrites' && !world.a.told.includes('claim back')) fail(world);
      };
      return world;
    };
    const fail = (world: DatabaseWorld) => {
      if (world.b.device.phase === 'forward') throw new StepFailure('failed', 'no');
    };
    const whole = start();
    const { events } = await run(planIn(whole), whole);
    for (let count = 1; count < events.length; count += 1) {
      const world = start();
      const plan = planIn(world);
      const killed = await run(plan, world, [], count);
      const past = JSON.parse(JSON.stringify(killed.events)) as RunEvent[];
      const { end } = await run(plan, world, past);
      expect([count, end?.state]).toEqual([count, 'undone']);
      expectPrimary(world, 'db-a');
    }
  });
});

describe('a step that fails leads back: writes flow where they did', () => {
  it.each(['stopWrites', 'stopReplicating', 'replicateFrom', 'waitForReplica', 'takeWrites'] as const)(
    '%s',
    async (wanted) => {
      for (const when of ['before', 'after'] as const) {
        const world = new DatabaseWorld();
        // Once the new primary takes writes, a failure is none that leads back.
        if (when === 'after' && wanted === 'takeWrites') continue;
        world[when] = (command, { device }) => {
          if (command === wanted && device.phase === 'forward') throw new StepFailure('failed', 'no');
        };
        const { end } = await run(planIn(world), world);
        expect([when, end?.state]).toEqual([when, 'undone']);
        expectPrimary(world, 'db-a');
      }
    },
  );

  it('a lock holds up the end of writes: nothing was changed, and it is said who may hold it', async () => {
    const world = new DatabaseWorld();
    const plan = planIn(world);
    world.isHung = true;
    const { end } = await run(plan, world);
    expect(end).toMatchObject({
      state: 'undone',
      message: expect.stringContaining(
        'it still takes writes after 0 s, held up by a session that holds a lock',
      ),
    });
    expectPrimary(world, 'db-a');
    expect(world.b.told).toEqual(['claim', 'claim', 'close']);
  });

  it('the replica never has all', async () => {
    const world = new DatabaseWorld();
    const plan = planIn(world);
    world.after = (command) => {
      if (command === 'stopWrites') world.a.has = '0-1-12';
    };
    const { end } = await run(plan, world);
    expect(end).toMatchObject({ state: 'undone', message: expect.stringContaining('db-b lacks 0-1-10..12') });
    expectPrimary(world, 'db-a');
  });

  it('a gate that is closed by now changes nothing', async () => {
    const world = new DatabaseWorld();
    const plan = planIn(world);
    world.details.set('db-a', details({ startsReadOnly: false }));
    const { end } = await run(plan, world);
    expect(end).toMatchObject({
      state: 'undone',
      message: expect.stringContaining('read_only in the files of db-a: off, wanted on'),
    });
    for (const each of world.all) expect(each.told).toEqual([...CLAIMS, 'close']);
  });
});

describe('two servers never take writes', () => {
  it.each([
    ['one that was opened by hand', 'stopReplicating', { takesWrites: true }],
    ['one that is silent', 'stopReplicating', { isSilent: true }],
  ] as const)('%s: the way back leaves the other as it is, and says so', async (_, when, change) => {
    const world = new DatabaseWorld();
    const plan = planIn(world);
    world.after = (command, server) => {
      if (command === when && server.device.phase === 'forward') Object.assign(world.b, change);
    };
    world.before = (command) => {
      if (command === 'replicateFrom') throw new StepFailure('failed', 'no');
    };
    const { end } = await run(plan, world);
    expect(end).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/db-b (takes writes|could not)/),
    });
    expect(world.a.takesWrites).toBe(false);
    expect(world.splits).toEqual([]);
  });

  it('the old primary was opened by hand: the new one is not', async () => {
    const world = new DatabaseWorld();
    const plan = planIn(world);
    world.after = (command) => {
      if (command === 'replicateFrom') world.a.takesWrites = true;
    };
    const { end } = await run(plan, world);
    expect(end?.message).toContain('db-a takes writes');
    expect(world.b.takesWrites).toBe(false);
  });

  it('an operation that was overtaken changes nothing any more', async () => {
    const world = new DatabaseWorld();
    const plan = planIn(world);
    const theirs = { generation: { number: 7, id: 'x' }, phase: 'back', operation: 'x' } as const;
    world.after = (command) => {
      if (command !== 'stopWrites') return;
      for (const each of world.all) each.device = theirs;
    };
    const { end } = await run(plan, world);
    expect(end).toMatchObject({ state: 'failed', message: expect.stringContaining('was claimed by x') });
    expect(world.b.told).toEqual(['claim']);
    for (const each of world.all) expect(each.device).toEqual(theirs);
  });
});

it('once the new primary takes writes, or may, only a resume goes on', async () => {
  for (const lost of ['takeWrites', 'close'] as const) {
    const world = new DatabaseWorld();
    const plan = planIn(world);
    world.after = (command, server) => {
      if (command === lost && lost === 'takeWrites') server.isSilent = true;
      if (command === 'takeWrites' && lost === 'takeWrites') throw new LinkLostError('db-b');
      if (command === 'takeWrites') world.a.isSilent = true;
    };
    const { end, events } = await run(plan, world);
    expect([lost, end?.state]).toEqual([lost, 'failed']);
    for (const each of world.all) each.isSilent = false;
    world.after = () => undefined;
    const resumed = await run(plan, world, events);
    expect(resumed.end).toMatchObject({ state: 'done' });
    expectPrimary(world, 'db-b');
  }
});
