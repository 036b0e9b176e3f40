import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Judging } from '../../src/lib/config/config-types.js';
import type { DeviceState, Generation } from '../../src/lib/guard/generation.js';
import type { Authority, Capability } from '../../src/lib/layers/dns/authority.js';
import { ChangeRefused } from '../../src/lib/layers/dns/fault.js';
import { judgedSet } from '../../src/lib/layers/dns/powerdns/judged.js';
import { weightedSet } from '../../src/lib/layers/dns/powerdns/lua.js';
import {
  type LeadingType,
  type RecordSet,
  recordSet,
  type SetChange,
} from '../../src/lib/layers/dns/records.js';
import { StepFailure } from '../../src/lib/run/step-handler.js';

/** A real server with a zone, in which the tests have some names for themselves. */
export interface DnsWorld {
  readonly can: readonly Capability[];
  /** `wrong key`: with a key that the server does not know. `no zone`: for a zone that it does not have. */
  open(as?: 'wrong key' | 'no zone', signal?: AbortSignal): Authority;
  /** As another tool does it, whatever kuafu knows: a whole set, or none of that type. */
  setOtherwise(name: string, type: LeadingType, ttlSeconds: number, values: readonly string[]): Promise<void>;
}

const SETS = [
  ['one', 'CNAME'],
  ['one', 'A'],
  ['two', 'A'],
  ['two', 'AAAA'],
  ['a-b.c', 'A'],
  ['x', 'A'],
] as const;
const A = '203.0.113.101';
const B = '203.0.113.102';
const set = (name: string, type: LeadingType, values: readonly string[], ttlSeconds = 5) =>
  recordSet(name, type, ttlSeconds, values);

/** What every provider of records must do: run against real servers, each test by itself. */
export function dnsContract(title: string, world: DnsWorld): void {
  const can = (capability: Capability) => world.can.includes(capability);
  let authority: Authority;
  let state: DeviceState;

  beforeEach(async () => {
    for (const [name, type] of SETS) await world.setOtherwise(name, type, 5, []);
    authority = world.open();
    state = await claimed(authority);
  });
  afterEach(async () => {
    if (can('generation'))
      await world
        .open()
        .close(state)
        .catch(() => undefined);
  });

  const change = (over: Partial<SetChange> = {}): SetChange => ({
    name: 'one',
    type: 'A',
    from: null,
    to: set('one', 'A', [A]),
    ...over,
  });
  const read = async (...names: string[]) =>
    [...(await authority.read(names))].sort((a, b) =>
      `${a.name} ${a.type}` < `${b.name} ${b.type}` ? -1 : 1,
    );

  describe(title, () => {
    it('declares what it can', () => {
      expect([...authority.can].sort()).toEqual([...world.can].sort());
    });

    it('sets, changes and removes sets of names, and reads them back', async () => {
      expect(await read('one')).toEqual([]);
      await authority.apply([change(), change({ name: 'two', to: set('two', 'A', [A, B], 60) })], state);
      expect(
        (await read('one', 'two')).map(({ name, ttlSeconds, values }) => [name, ttlSeconds, values]),
      ).toEqual([
        ['one', 5, [A]],
        ['two', 60, [A, B]],
      ]);
      await authority.apply([change({ from: set('one', 'A', [A]), to: set('one', 'A', [B], 9) })], state);
      await authority.apply([change({ name: 'two', from: set('two', 'A', [A, B], 60), to: null })], state);
      expect(await read('one', 'two')).toEqual([set('one', 'A', [B], 9)]);
    });

    it('has the names of the whole zone', async () => {
      await authority.apply(
        [
          change(),
          change({ name: 'a-b.c', to: set('a-b.c', 'A', [B]) }),
          change({ name: 'x', to: set('x', 'A', [B]) }),
        ],
        state,
      );
      const names = (await authority.list()).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['one', 'a-b.c', 'x']));
    });

    it('makes the same change twice, and then the second changes nothing', async () => {
      for (const _ of [1, 2]) await authority.apply([change()], state);
      expect(await read('one')).toEqual([set('one', 'A', [A])]);
    });

    it.each<[string, LeadingType, number, readonly string[]]>([
      ['another address', 'A', 5, [B]],
      ['one more address', 'A', 5, [A, B]],
      ['another TTL', 'A', 7, [A]],
      ['nothing', 'A', 5, []],
    ])('refuses a change of a set that somebody else has given %s since', async (_, type, ttl, values) => {
      await world.setOtherwise('one', 'A', 5, [A]);
      await world.setOtherwise('one', type, ttl, values);
      const stale = authority.apply(
        [
          change({ name: 'two', to: set('two', 'A', [A]) }),
          change({ from: set('one', 'A', [A]), to: set('one', 'A', ['203.0.113.9']) }),
        ],
        state,
      );
      await expect(stale).rejects.toThrow(ChangeRefused);
      await expect(stale).rejects.toMatchObject({ reason: 'stale', culprit: authority.name });
      expect(await read('one', 'two')).toEqual(values.length === 0 ? [] : [set('one', type, values, ttl)]);
    });

    it('refuses a new set where somebody else has made one', async () => {
      await world.setOtherwise('one', 'A', 5, [B]);
      await expect(authority.apply([change()], state)).rejects.toMatchObject({ reason: 'stale' });
      expect(await read('one')).toEqual([set('one', 'A', [B])]);
    });

    // lexicon lists an alias that leads out of the zone as a name in it, so that its program knows none.
    if (can('generation'))
      it('puts addresses in place of an alias, and an alias in place of addresses', async () => {
        const alias = set('one', 'CNAME', ['elsewhere.example.org']);
        const there = [
          change({ type: 'A', from: null, to: set('one', 'A', [A]) }),
          change({ type: 'CNAME', from: alias, to: null }),
        ];
        await world.setOtherwise('one', 'CNAME', 5, ['elsewhere.example.org']);
        await authority.apply(there, state);
        expect(await read('one')).toEqual([set('one', 'A', [A])]);
        const back = there.map((each) => ({ ...each, from: each.to, to: each.from }));
        await authority.apply(back, state);
        expect(await read('one')).toEqual([alias]);
      });

    it('leaves other names and other types alone', async () => {
      await world.setOtherwise('two', 'AAAA', 5, ['fd00::1']);
      await authority.apply([change({ name: 'two', to: set('two', 'A', [A]) })], state);
      expect(await read('two')).toEqual([set('two', 'A', [A]), set('two', 'AAAA', ['fd00::1'])]);
      await authority.apply([change({ name: 'two', from: set('two', 'A', [A]), to: null })], state);
      expect(await read('two')).toEqual([set('two', 'AAAA', ['fd00::1'])]);
    });

    it.each(['wrong key', 'no zone'] as const)(
      'says that it is asked with a %s, and changes nothing',
      async (fault) => {
        const other = world.open(fault);
        const next = nextOf(state);
        const done = (async () => {
          if (can('generation')) await other.claim('any', next);
          await other.apply([change()], next);
        })();
        await expect(done).rejects.toThrow(StepFailure);
        await expect(done).rejects.not.toThrow(ChangeRefused);
        expect(await read('one')).toEqual([]);
      },
    );

    it.each(['one A 203.0.113.9', 'one\nsend', 'one;x', '$(id)', "one' --", '..', ''])(
      'is never told a name such as %j, nor such a value',
      async (name) => {
        for (const odd of [
          change({ name }),
          change({ type: 'CNAME', to: { ttlSeconds: 5, values: [name] } }),
          change({ to: { ttlSeconds: 5, values: [name] } }),
        ])
          await expect(authority.apply([odd], state)).rejects.toThrow('is not told to change');
        expect(await read('one')).toEqual([]);
      },
    );

    it('ends with the signal', async () => {
      const ended = world.open(undefined, AbortSignal.abort(new Error('enough')));
      await expect(ended.apply([change()], state)).rejects.toThrow('enough');
      expect(await read('one')).toEqual([]);
    });
  });

  if (can('answers'))
    describe(`${title}: what users are told`, () => {
      it('is what was set, at once, and nothing for a name that is not there', async () => {
        await authority.apply([change({ to: set('one', 'A', [A, B]) })], state);
        expect(await authority.ask(['one', 'two'])).toEqual([
          { name: 'one', status: 'NOERROR', addresses: [A, B] },
          { name: 'two', status: 'NOERROR', addresses: [] },
        ]);
      });
    });

  if (can('judges'))
    it(`${title}: answers by health checks of its own what is told, and chosen addresses where all are down`, async () => {
      const judged = (allDown: Judging['allDown']) =>
        judgedSet('one', 5, { url: 'http://127.0.0.1:9/', timeoutSeconds: 1, groups: [[A, B]], allDown });
      const told = async () => (await authority.ask(['one']))[0]?.addresses;
      let from: RecordSet | null = null;
      for (const [allDown, wanted] of [
        ['all', [[A, B]]],
        ['one', [[A], [B]]],
        [[B], [[B]]],
      ] as const) {
        const to = judged(allDown);
        await authority.apply([change({ type: 'LUA', from, to })], state);
        expect(wanted).toContainEqual(await told());
        expect(await read('one')).toEqual([to]);
        from = to;
      }
      await authority.apply([change({ type: 'LUA', from, to: null })], state);
    });

  if (can('weights'))
    describe(`${title}: weights`, () => {
      it('answer with one address each time, and with none of weight 0', async () => {
        const shares = [
          { address: A, weight: 100 },
          { address: B, weight: 0 },
        ];
        const weighted = weightedSet('one', 5, shares);
        await world.setOtherwise('one', 'A', 5, [A, B]);
        await authority.apply(
          [
            change({ from: set('one', 'A', [A, B]), to: null }),
            change({ type: 'LUA', from: null, to: weighted }),
          ],
          state,
        );
        for (let asked = 0; asked < 20; asked++)
          expect(await authority.ask(['one'])).toEqual([{ name: 'one', status: 'NOERROR', addresses: [A] }]);
        expect(await read('one')).toEqual([weighted]);
        await authority.apply([change({ type: 'LUA', from: weighted, to: null })], state);
      });

      it('that cannot be computed are taken, and found out', async () => {
        const wrong = set('one', 'LUA', ['A "nosuchfunction()"']);
        await expect(authority.apply([change({ type: 'LUA', to: wrong })], state)).rejects.toThrow(
          'SERVFAIL',
        );
        await authority.apply([change({ type: 'LUA', from: wrong, to: null })], state);
      }, 60_000);
    });

  if (can('generation'))
    describe(`${title}: an operation that was overtaken`, () => {
      it('changes nothing any more, and is told who came', async () => {
        const next = nextOf(state);
        await world.open().claim('any', { ...next, phase: 'back' });
        const late = authority.apply([change()], state);
        await expect(late).rejects.toMatchObject({ reason: 'superseded' });
        await expect(late).rejects.toThrow(
          `it was claimed by operation ${next.operation}, which is on its way back`,
        );
        await expect(authority.close(state)).rejects.toMatchObject({ reason: 'superseded' });
        await expect(authority.claim('any', state)).rejects.toMatchObject({ reason: 'superseded' });
        expect(await read('one')).toEqual([]);
        expect(await authority.state()).toEqual({ ...next, phase: 'back' });
      });

      it('claims over the generation that it knows alone, once or twice, and of two at once one', async () => {
        const twins = [nextOf(state), nextOf(state)];
        await expect(authority.claim({ number: 0, id: '-' }, nextOf(state))).rejects.toMatchObject({
          reason: 'superseded',
        });
        const ends = await Promise.allSettled(
          twins.map((twin) => world.open().claim(state.generation, twin)),
        );
        expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        const [winner = state] = twins.filter((_, index) => ends[index]?.status === 'fulfilled');
        await authority.claim(state.generation, winner);
        expect(await authority.state()).toEqual(winner);
        await authority.apply([change()], winner);
        for (const _ of [1, 2]) await authority.close(winner);
        expect(await authority.state()).toEqual({ ...winner, phase: 'closed' });
      });
    });

  async function claimed(one: Authority): Promise<DeviceState> {
    if (!can('generation')) return stateAt({ number: 1, id: 'none' });
    const { generation } = await one.state();
    const next = nextOf(stateAt(generation));
    await one.claim('any', next);
    return next;
  }
}

function stateAt(generation: Generation): DeviceState {
  return { generation, phase: 'forward', operation: `261130-${generation.id}` };
}

function nextOf({ generation: { number } }: DeviceState): DeviceState {
  return stateAt({ number: number + 1, id: Math.random().toString(36).slice(2, 10) });
}
