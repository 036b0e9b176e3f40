import { describe, expect, it } from 'vitest';
import { planForcedSwitch } from '../../../src/lib/database/forced-plan.js';
import { planChecksum } from '../../../src/lib/plan/checksum.js';
import type { Plan } from '../../../src/lib/plan/plan.js';
import { details, FORCED_TO_B, ForcedWorld } from '../../support/forced-world.js';

const planIn = (world: ForcedWorld, withoutFence = false) =>
  planForcedSwitch(FORCED_TO_B, world.forcedFacts(), { withoutFence });
const stepsOf = ({ stages }: Plan) =>
  stages.flatMap(({ lanes }) => lanes.flatMap(({ name, steps }) => steps.map(({ id }) => `${name} ${id}`)));
const refusalsOf = ({ risks }: Plan) =>
  risks.filter(({ level }) => level === 'refuse').map(({ message }) => message);
const notesOf = ({ risks }: Plan) => risks.map(({ message }) => message).join('\n');

describe('a forced switch', () => {
  it('fences the old primary before it touches the new one', () => {
    const { plan, gates } = planIn(new ForcedWorld());
    expect(gates.every(({ ok }) => ok)).toBe(true);
    expect([plan.kind, plan.title, plan.locks]).toEqual([
      'db-failover',
      'force the primary of orders from db-a to db-b',
      ['db/orders'],
    ]);
    expect(stepsOf(plan)).toEqual([
      'db-b claim',
      'db-a claim',
      'db-a fence',
      'db-b drain',
      'db-b promote',
      'db-b proxies',
      'db-b alone',
      'db-b close',
      'db-a close',
    ]);
    expect(plan.wayBack).toBeUndefined();
  });

  it('has the same checksum while clients write', () => {
    const world = new ForcedWorld();
    const { plan } = planIn(world);
    world.a.has = '0-1-99';
    world.received = '0-1-98';
    expect(planChecksum(planIn(world).plan)).toBe(planChecksum(plan));
  });

  it('says of a primary that is well that the planned switch is the way, and is not refused', () => {
    const world = new ForcedWorld();
    expect(notesOf(planIn(world).plan)).toContain(
      'the planned switch is the way, which kills nothing: kuafu db switch orders --to B',
    );
    world.a.isSilent = true;
    expect(notesOf(planIn(world).plan)).not.toContain('the planned switch');
  });

  it.each([
    [{ isEnabled: false, beforeCommit: true, timeoutMs: 1 }, 'semi-sync is off at db-a'],
    [{ isEnabled: true, beforeCommit: false, timeoutMs: 1e9 }, 'waits after the commit (AFTER_COMMIT)'],
    [{ isEnabled: true, beforeCommit: true, timeoutMs: 10_000 }, 'semi-sync at db-a gives up after 10 s'],
    [undefined, 'how commits on db-a wait for a replica could not be read'],
  ])('says what may be left behind: %j', (waits, note) => {
    const world = new ForcedWorld();
    const known = world.fences.get('db-a');
    if (typeof known === 'object') world.fences.set('db-a', { ...known, waits });
    expect(notesOf(planIn(world).plan)).toContain(note);
  });

  it('does nothing where the primary is there already, also beside one that is silent', () => {
    const world = new ForcedWorld();
    Object.assign(world.b, { takesWrites: true, source: undefined });
    world.a.isSilent = true;
    const { plan, gates } = planIn(world);
    expect([plan.stages, gates, refusalsOf(plan)]).toEqual([[], [], []]);
    expect(notesOf(plan)).toContain('db-a could not be asked: no answer');
  });

  it('a server that is down is fenced as well, if its host can be reached', () => {
    const world = new ForcedWorld();
    world.a.isSilent = true;
    expect(stepsOf(planIn(world).plan)).toContain('db-a fence');
  });
});

describe('without proof that the old primary takes no writes', () => {
  const lost = () => {
    const world = new ForcedWorld();
    world.a.isSilent = true;
    world.unreachable.add('db-a');
    world.silentProxies.add('lb-a');
    return world;
  };

  it('it is refused, with what to type', () => {
    const { plan, hint } = planIn(lost());
    expect(plan.stages).toEqual([]);
    expect(refusalsOf(plan)).toEqual(['db-a can be fenced: no: no route, wanted yes']);
    expect(hint).toContain('kuafu db switch orders --to B --force --without-fence');
  });

  it('--without-fence goes on, touches nothing at the old one, and says what that means', () => {
    const { plan } = planIn(lost(), true);
    expect(plan.title).toBe('force the primary of orders from db-a to db-b, without a fence');
    expect(stepsOf(plan)).toEqual([
      'db-b claim',
      'db-b drain',
      'db-b promote',
      'db-b proxies',
      'db-b alone',
      'db-b close',
    ]);
    expect(notesOf(plan)).toContain('WITHOUT A FENCE: nothing proves that db-a takes no writes.');
    expect(notesOf(plan)).toContain('proxy lb-a could not be asked');
  });

  it('--without-fence still fences a server that can be fenced', () => {
    const { plan } = planIn(new ForcedWorld(), true);
    expect(stepsOf(plan)).toContain('db-a fence');
    expect(notesOf(plan)).toContain('--without-fence has no effect');
  });
});

describe('a forced switch is refused', () => {
  const onFence = (world: ForcedWorld, change: object) => {
    const known = world.fences.get('db-a');
    if (typeof known === 'object') world.fences.set('db-a', { ...known, ...change });
  };
  it.each<readonly [string, (world: ForcedWorld) => unknown, string]>([
    [
      'where a person has a file of that name',
      (world) => onFence(world, { file: 'foreign' }),
      'zz-kuafu-fence.cnf is not a file of kuafu, wanted yes',
    ],
    ['where no unit can be killed', (world) => onFence(world, { hasUnit: false }), 'has no mariadb.service'],
    ['where no file can be put', (world) => onFence(world, { path: '' }), 'no folder /etc/mysql'],
    [
      'where the new one is silent',
      (world) => Object.assign(world.b, { isSilent: true }),
      'db-b: could not be asked',
    ],
    [
      'where neither thread runs: a start would delete what was received',
      (world) => Object.assign(world, { receiver: 'down', applier: 'down' }),
      'replication at db-b: it neither receives nor applies',
    ],
    [
      'where it cannot apply',
      (world) => Object.assign(world, { applier: 'down', error: '1062' }),
      'replication at db-b: does not apply, 1062',
    ],
    [
      'where it replicates from nobody, and lacks something',
      (world) => Object.assign(world.b, { source: undefined, has: '0-1-3' }),
      'db-a has, and db-b lacks: 0-1-4..9',
    ],
    [
      'where its log lacks what it applies',
      (world) => world.details.set('db-b', details({ logsUpdates: false })),
      'what db-b applies is in its log: no',
    ],
    [
      'where another operation has a server',
      (world) => {
        world.a.device = { generation: { number: 3, id: 'x' }, phase: 'forward', operation: 'x' };
      },
      'orders at db-a is claimed by operation x, which is not in this ledger',
    ],
  ])('%s', (_, change, message) => {
    const world = new ForcedWorld();
    change(world);
    const { plan, hint } = planIn(world);
    expect(plan.stages).toEqual([]);
    expect(refusalsOf(plan).join('\n')).toContain(message);
    expect(hint).not.toBe('');
  });
});
