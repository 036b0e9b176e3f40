import { describe, expect, it } from 'vitest';
import { closedGates, switchGates } from '../../../src/lib/database/gates.js';
import { planDatabaseSwitch } from '../../../src/lib/database/switch-plan.js';
import type { MemberDetails } from '../../../src/lib/layers/database/member-details.js';
import { planChecksum } from '../../../src/lib/plan/checksum.js';
import { databaseLook, gtids, primary, replica, sourceAt } from '../../support/database-sample.js';
import { DatabaseWorld, details, TO_B } from '../../support/database-world.js';

const MOVE = { from: 'db-a', to: 'db-b' };
const WELL = databaseLook(primary(), replica(), ['db-a']);
const DETAILS = new Map([
  ['db-a', details()],
  ['db-b', details()],
]);
const seen = (change: Partial<Parameters<typeof switchGates>[0]> = {}) => ({
  look: WELL,
  lacks: [],
  details: DETAILS,
  ...change,
});
const changed = (host: string, change: Parameters<typeof details>[0]) => ({
  details: new Map([...DETAILS, [host, details(change)]]),
});
const BUSY = {
  ...{ thread: '12', user: 'app', address: '198.18.1.11:4711', seconds: 40, inTransaction: true },
  statement: "UPDATE t SET a='b'",
};

describe('what stands in the way of a switch', () => {
  it.each<readonly [string, ReturnType<typeof seen>, readonly string[]]>([
    ['nothing', seen(), []],
    [
      'a replica that does not apply, with its error',
      seen({
        look: databaseLook(primary(), replica({ sources: [sourceAt({ applies: false, error: '1062' })] }), [
          'db-a',
        ]),
      }),
      ['replication at db-b: does not apply, 1062, wanted receives and applies'],
    ],
    [
      'a replica that is behind',
      seen({ lacks: ['0-1-10..12'] }),
      ['db-b has not applied: 0-1-10..12, wanted nothing'],
    ],
    [
      'an errant transaction',
      seen({ look: databaseLook(primary(), replica({ gtids: gtids('0-1-9,0-2-10') }), ['db-a']) }),
      ['db-b has, and db-a lacks: 0-2-1..10, wanted nothing'],
    ],
    [
      'replication by file and position, in a connection with a name',
      seen(
        changed('db-b', {
          replication: [{ name: 'x', byGtid: false, address: 'a', port: 1, options: {} }],
        }),
      ),
      ['db-b replicates from: db-a, connection x, by file and position, wanted db-a alone'],
    ],
    [
      'a file without read_only',
      seen(changed('db-b', { startsReadOnly: false })),
      ['read_only in the files of db-b: off, wanted on'],
    ],
    [
      'an old transaction',
      seen(changed('db-a', { busy: [BUSY] })),
      [
        "sessions at db-a busy for 10s or more: thread 12 (app at 198.18.1.11:4711, transaction, 40s): UPDATE t SET a='b', wanted none",
      ],
    ],
    [
      'semi-sync that waits for nobody, and could not the other way',
      seen({
        look: databaseLook(
          primary({ semiSync: { isEnabled: true, isActive: false, replicas: 0 } }),
          replica(),
          ['db-a'],
        ),
        ...changed('db-a', { acknowledges: false }),
      }),
      ['semi-sync at db-a: not active, wanted active', 'db-a acknowledges as a replica: no, wanted yes'],
    ],
    [
      'a newer replica',
      seen({ look: databaseLook(primary(), replica({ version: '11.4.2-MariaDB' }), ['db-a']) }),
      ['versions of db-a and db-b: 10.11.6-MariaDB-log, 11.4.2-MariaDB, wanted one series, 10.10 or later'],
    ],
    [
      'a proxy that sends elsewhere',
      seen({ look: databaseLook(primary(), replica(), ['db-b']) }),
      ['proxy lb-a sends clients to: db-b, wanted db-a'],
    ],
    [
      'a silent proxy, and details that could not be read',
      seen({
        look: databaseLook(primary(), replica(), undefined),
        details: new Map<string, MemberDetails | string>([...DETAILS, ['db-a', 'no my_print_defaults']]),
      }),
      [
        'lb-a: could not be asked: no answer, wanted an answer',
        'db-a: could not be asked: no my_print_defaults, wanted an answer',
      ],
    ],
  ])('%s', (_, look, messages) => {
    expect(closedGates(switchGates(look, MOVE)).map(({ message }) => message)).toEqual(messages);
  });

  it('a proxy that does not know the new primary', () => {
    const look = { ...WELL, proxies: WELL.proxies.map((each) => ({ ...each, knows: ['db-a'] })) };
    expect(closedGates(switchGates(seen({ look }), MOVE))).toMatchObject([
      {
        message: 'proxy lb-a knows db-b: no, wanted yes',
        hint: expect.stringContaining('into the backend of lb-a'),
      },
    ]);
  });

  it('while writes are stopped by this operation, no writer is none missing', () => {
    const look = databaseLook(primary({ takesWrites: false }), replica(), []);
    expect(closedGates(switchGates(seen({ look }), MOVE))).not.toEqual([]);
    expect(closedGates(switchGates(seen({ look }), MOVE, { isStopped: true }))).toEqual([]);
  });
});

describe('a plan', () => {
  it('has every gate as evidence, and the same checksum while clients write', () => {
    const world = new DatabaseWorld();
    const { plan, gates } = planDatabaseSwitch(TO_B, world.facts());
    expect(plan.title).toBe('move the primary of orders from db-a to db-b');
    expect(plan.wayBack?.until).toEqual({ stage: 'open', lane: 'db-b', step: 'open' });
    expect(gates.every(({ ok }) => ok)).toBe(true);
    for (const each of world.all) each.has = '0-1-12';
    expect(planChecksum(planDatabaseSwitch(TO_B, world.facts()).plan)).toBe(planChecksum(plan));
    expect(JSON.stringify(plan)).toContain('{"secret":"REPL"}');
  });

  it('does nothing where the primary is there already', () => {
    const { plan, gates } = planDatabaseSwitch(
      { ...TO_B, room: 'A', to: 'db-a' },
      new DatabaseWorld().facts(),
    );
    expect([plan.stages, gates, plan.risks]).toEqual([[], [], []]);
  });

  it.each([
    ['two servers take writes', { takesWrites: true }, 'servers that take writes: db-a, db-b, wanted one'],
    ['one is silent', { isSilent: true }, 'db-b: could not be asked: no answer, wanted an answer'],
    [
      'another operation has a server',
      { device: { generation: { number: 3, id: 'x' }, phase: 'forward', operation: 'x' } },
      'orders at db-b is claimed by operation x, which is not in this ledger',
    ],
  ] as const)('is refused where %s', (_, change, message) => {
    const world = new DatabaseWorld();
    Object.assign(world.b, change);
    const { plan, hint } = planDatabaseSwitch(TO_B, world.facts());
    expect(plan.stages).toEqual([]);
    expect(plan.risks).toContainEqual({ level: 'refuse', message });
    expect(hint).not.toBe('');
  });
});
