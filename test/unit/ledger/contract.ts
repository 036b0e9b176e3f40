import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KINDS } from '../../../src/lib/actions.js';
import { RefusedError, UsageError } from '../../../src/lib/errors.js';
import type { LedgerClock } from '../../../src/lib/ledger/clock.js';
import { LeaseLostError } from '../../../src/lib/ledger/errors.js';
import { LEASE_MS, type Ledger, type ShownState } from '../../../src/lib/ledger/ledger.js';
import { currentOwner } from '../../../src/lib/ledger/owner.js';
import { planChecksum } from '../../../src/lib/plan/checksum.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { summarize } from '../../../src/lib/record/result.js';
import { deadOwner, farOwner, finished, planOf, stageOf, started } from './fixture.js';

export interface LedgerUnderTest {
  /** Another connection to the same ledger, as another process has it; without a clock of the test it goes by its own. */
  connect(clock?: LedgerClock): Promise<Ledger>;
  remove(): Promise<void>;
}

/** What every ledger does, whatever database it is on. */
export function ledgerContract(name: string, create: () => Promise<LedgerUnderTest>): void {
  describe(`ledger on ${name}`, () => {
    const me = currentOwner({});
    let place: LedgerUnderTest;
    let ledger: Ledger;
    let other: Ledger;
    let now: Date;

    beforeEach(async () => {
      place = await create();
      now = new Date('2026-11-23T10:00:00.000Z');
      ledger = await place.connect(async () => now);
      other = await place.connect(async () => now);
    });

    afterEach(async () => {
      await ledger.close();
      await other.close();
      await place.remove();
    });

    const later = (ms: number) => {
      now = new Date(now.getTime() + ms);
    };

    describe('open', () => {
      it('records plan, owner and reservations', async () => {
        const plan = planOf(['new-b-01', 'new-b-02']);
        const id = await ledger.open(plan, me);
        expect(id).toMatch(/^261123-[0-9a-hjkmnp-tv-z]{4}$/);
        const record = await other.show(id);
        expect(record).toMatchObject({
          id,
          kind: 'scale',
          app: 'shop',
          group: 'web',
          room: 'B',
          state: 'running',
          crashed: false,
          resumable: false,
          startedAt: '2026-11-23T10:00:00.000Z',
          finishedAt: null,
          checksum: planChecksum(plan),
        });
        expect(record.owner).toEqual(me);
        expect(record.plan).toEqual(plan);
        expect(record.events).toEqual([]);
        expect((await other.takenSpares()).map((row) => [row.host, row.state, row.operation])).toEqual([
          ['new-b-01', 'reserved', id],
          ['new-b-02', 'reserved', id],
        ]);
      });

      it('refuses a held lock with who, since when and which operation, and leaves nothing behind', async () => {
        const id = await ledger.open(planOf(['new-b-01']), me);
        const refusal = await refusedBy(other.open(planOf(['new-b-02']), farOwner('li')));
        for (const part of [id, me.operator, me.machine, String(me.pid), '2026-11-23T10:00:00.000Z'])
          expect(refusal.message).toContain(part);
        expect(await other.list({})).toHaveLength(1);
        expect(await other.takenSpares()).toHaveLength(1);
      });

      it('refuses when one of many spares is taken, and names it', async () => {
        const id = await ledger.open(planOf(['new-b-02']), me);
        const plan = planOf(['new-b-01', 'new-b-02'], { locks: ['app/shop/api/B'] });
        const refusal = await refusedBy(other.open(plan, me));
        expect(refusal.message).toContain('new-b-02');
        expect(refusal.message).toContain(id);
        expect(refusal.message).not.toContain('new-b-01');
        expect(await other.takenSpares()).toHaveLength(1);
      });

      it('does not steal the lock of a dead owner, but says how to go on', async () => {
        const id = await ledger.open(planOf([]), deadOwner('wang'));
        const refusal = await refusedBy(other.open(planOf([]), me));
        expect(refusal.message).toContain('wang');
        expect(refusal.message).toContain('nobody runs');
        expect(refusal.hint).toContain(`kuafu ops resume ${id}`);
        expect(refusal.hint).toContain(`kuafu ops close ${id}`);
      });

      it('goes by the lease where the process cannot be seen', async () => {
        await ledger.open(planOf([]), farOwner('wang'));
        later(LEASE_MS - 1);
        expect((await refusedBy(other.open(planOf([]), me))).message).not.toContain('nobody runs');
        later(2);
        expect((await refusedBy(other.open(planOf([]), me))).message).toContain('nobody runs');
      });
    });

    describe('append', () => {
      it('keeps the order of calls, alone and together, and drops progress', async () => {
        const id = await ledger.open(planOf([]), me);
        const hosts = Array.from({ length: 700 }, (_, index) => `h-${index}`);
        await ledger.append(id, started('first', 'copy'));
        const at = { at: now.toISOString(), stage: 'expand', lane: 'x', step: 'copy', undo: false };
        const progress: RunEvent = { ...at, type: 'progress', doneBytes: 1, totalBytes: 2 };
        await Promise.all([
          ...hosts.map((name) => ledger.append(id, started(name, 'copy'))),
          ledger.append(id, progress),
        ]);
        await ledger.append(id, started('last', 'copy'));
        const { events } = await other.show(id);
        expect(events.map((event) => ('lane' in event ? event.lane : ''))).toEqual([
          'first',
          ...hosts,
          'last',
        ]);
      });

      it('keeps any text as it is', async () => {
        const id = await ledger.open(planOf([]), me);
        const message = '\u0000 \' " \\ %s $(x) \n\r\u001b[31m 夸父 🌞 \ud800';
        const event = finished('h', 'copy', { status: 'skipped', message });
        await ledger.append(id, event);
        expect((await other.show(id)).events).toEqual([event]);
      });

      it('rejects everything of an operation that somebody else took over', async () => {
        const id = await ledger.open(planOf(['new-b-01']), farOwner('wang'));
        later(LEASE_MS + 1);
        await other.takeOver(id, me);
        const writes = [
          ledger.append(id, started('a', 'copy')),
          ledger.append(id, started('b', 'copy')),
          ledger.claim('new-b-02', 'B', id),
          ledger.assign('new-b-01', id, 'shop', 'web'),
          ledger.setUnfit('new-b-01', id, 'broken'),
          ledger.release(id),
          ledger.finish(id, 'done', ''),
        ];
        for (const write of await Promise.allSettled(writes))
          expect(write).toMatchObject({ status: 'rejected', reason: expect.any(LeaseLostError) });
        expect(await ledger.heartbeat(id, farOwner('wang'))).toBe(false);
        expect(await other.heartbeat(id, me)).toBe(true);
        expect((await other.show(id)).events).toEqual([]);
        expect((await other.takenSpares())[0]).toMatchObject({ host: 'new-b-01', state: 'reserved' });
      });
    });

    describe('lease', () => {
      it('is renewed by heartbeats and by events', async () => {
        const far = farOwner('wang');
        const id = await ledger.open(planOf([]), far);
        later(LEASE_MS - 1);
        expect(await ledger.heartbeat(id, far)).toBe(true);
        later(LEASE_MS - 1);
        await ledger.append(id, started('a', 'copy'));
        later(LEASE_MS - 1);
        await expect(other.takeOver(id, me)).rejects.toBeInstanceOf(RefusedError);
        later(2);
        expect((await other.show(id)).crashed).toBe(true);
        expect((await other.takeOver(id, me)).state).toBe('running');
      });

      it.each([31_000, -31_000])(
        'is judged by the ledger’s clock, where a client is wrong by %i ms',
        async (skewMs) => {
          const [first, second] = [await place.connect(), await place.connect()];
          const id = await first.open(planOf([]), farOwner('wang'));
          vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skewMs });
          try {
            await expect(second.takeOver(id, me)).rejects.toBeInstanceOf(RefusedError);
            await expect(second.open(planOf([]), me)).rejects.not.toThrow(/nobody runs/);
            expect(await second.show(id)).toMatchObject({ crashed: false });
            expect(await first.heartbeat(id, farOwner('wang'))).toBe(true);
            await first.append(id, started('a', 'copy'));
          } finally {
            vi.useRealTimers();
          }
          await expect(second.takeOver(id, me)).rejects.toBeInstanceOf(RefusedError);
          expect(await second.show(id)).toMatchObject({ crashed: false });
          await Promise.all([first.close(), second.close()]);
        },
      );

      it('lasts no longer than any other from when the clock was set back', async () => {
        const id = await ledger.open(planOf([]), farOwner('wang'));
        later(-7_200_000);
        await expect(other.takeOver(id, me)).rejects.toBeInstanceOf(RefusedError);
        later(LEASE_MS - 1);
        await expect(other.takeOver(id, me)).rejects.toBeInstanceOf(RefusedError);
        later(2);
        expect((await other.takeOver(id, me)).state).toBe('running');
      });

      it('does not matter while the process can be seen to live', async () => {
        const id = await ledger.open(planOf([]), me);
        later(LEASE_MS * 10);
        expect((await other.show(id)).crashed).toBe(false);
        await expect(other.takeOver(id, farOwner('li'))).rejects.toBeInstanceOf(RefusedError);
      });
    });

    describe('signals', () => {
      it('are left by anybody while the operation is not over, and read in order by whoever runs it', async () => {
        const id = await ledger.open(planOf([]), farOwner('wang'));
        await other.signal(id, { word: 'go', about: 'x' }, 'li');
        await Promise.all([
          other.signal(id, { word: 'stop', about: '' }, 'li'),
          ledger.signal(id, { word: 'stop', about: '' }, 'wang'),
        ]);
        expect(await ledger.signals(id, 0)).toMatchObject([
          { seq: 1, word: 'go', about: 'x', operator: 'li', at: now.toISOString() },
          { seq: 2, word: 'stop' },
          { seq: 3, word: 'stop' },
        ]);
        expect((await ledger.signals(id, 2)).map(({ seq }) => seq)).toEqual([3]);
        expect((await other.show(id)).events).toEqual([]);
        await ledger.finish(id, 'failed', '');
        await other.signal(id, { word: 'go', about: '' }, 'li');
        later(LEASE_MS + 1);
        await other.giveUp(id, me);
        const late = await refusedBy(other.signal(id, { word: 'go', about: '' }, 'li'));
        expect(late.message).toContain('has ended');
      });

      it('are words, and not without end', async () => {
        const id = await ledger.open(planOf([]), me);
        for (const word of ['', 'GO', 'go on', '\u001b[31m', 'x'.repeat(32)])
          await expect(ledger.signal(id, { word, about: '' }, 'li')).rejects.toBeInstanceOf(UsageError);
        await expect(ledger.signal('261123-zzzz', { word: 'go', about: '' }, 'li')).rejects.toBeInstanceOf(
          UsageError,
        );
      });
    });

    describe('finish and takeOver', () => {
      it('frees lock and left-over reservations when done, keeps assigned hosts', async () => {
        const id = await ledger.open(planOf(['new-b-01', 'new-b-02']), me);
        await ledger.assign('new-b-01', id, 'shop', 'web');
        later(5000);
        await ledger.finish(id, 'done', '1 host');
        expect(await other.show(id)).toMatchObject({
          state: 'done',
          message: '1 host',
          finishedAt: '2026-11-23T10:00:05.000Z',
          resumable: false,
        });
        expect((await other.takenSpares()).map((row) => [row.host, row.state])).toEqual([
          ['new-b-01', 'assigned'],
        ]);
        await other.open(planOf(['new-b-02']), me);
        await expect(other.takeOver(id, me)).rejects.toBeInstanceOf(RefusedError);
      });

      it.each(['failed', 'interrupted'] as const)(
        'keeps reservations when %s, for its resume',
        async (state) => {
          const id = await ledger.open(planOf(['new-b-01']), me);
          await ledger.append(id, started('new-b-01', 'copy'));
          await ledger.finish(id, state, 'why');
          expect((await other.show(id)).resumable).toBe(true);
          expect(await other.takenSpares()).toHaveLength(1);
          const next = await other.open(planOf([]), me);
          for (const rehearsal of [true, false])
            expect((await refusedBy(ledger.takeOver(id, me, rehearsal))).message).toContain(next);
          expect((await other.show(id)).state).toBe(state);
          await other.finish(next, 'done', '');
          expect((await ledger.takeOver(id, me, true)).id).toBe(id);
          expect(await other.show(id)).toMatchObject({ state, message: 'why', resumed: false });
          const record = await other.takeOver(id, farOwner('li'));
          expect(record).toMatchObject({ state: 'running', finishedAt: null, message: '', id });
          expect(record.events).toEqual([started('new-b-01', 'copy')]);
          await expect(ledger.open(planOf([]), me)).rejects.toBeInstanceOf(RefusedError);
        },
      );
    });

    it('counts the time in which somebody worked, in a list as in the result, and no pause', async () => {
      const listed = async () => (await other.list({}))[0]?.workedMs;
      const shown = async () => (await other.show(id)).workedMs;
      const begin = async (resumed: boolean) =>
        await ledger.append(id, {
          at: now.toISOString(),
          type: 'operation-started',
          operator: 'wang',
          resumed,
        });
      const end = async (state: 'interrupted' | 'failed') => {
        await ledger.append(id, { at: now.toISOString(), type: 'operation-finished', state, message: '' });
        await ledger.finish(id, state, '');
      };
      const id = await ledger.open(planOf([]), me);
      await begin(false);
      later(3000);
      expect([await listed(), await shown()]).toEqual([3000, 3000]);
      await end('interrupted');
      later(3_600_000);
      expect([await listed(), await shown()]).toEqual([3000, 3000]);
      await ledger.takeOver(id, me);
      await begin(true);
      later(2000);
      expect([await listed(), await shown()]).toEqual([5000, 5000]);
      await end('failed');
      later(3_600_000);
      expect((await other.giveUp(id, me)).operation.workedMs).toBe(5000);
      const { plan, events } = await other.show(id);
      expect([await listed(), await shown(), summarize(plan, events, KINDS).elapsedMs]).toEqual([
        5000, 5000, 5000,
      ]);
    });

    describe('giveUp', () => {
      it('frees locks and reserved hosts of a dead operation, for good', async () => {
        const id = await ledger.open(planOf(['new-b-01', 'new-b-02', 'new-b-03']), deadOwner('wang'));
        await ledger.setUnfit('new-b-02', id, 'disk full');
        await ledger.assign('new-b-03', id, 'shop', 'web');
        const closed = await other.giveUp(id, me);
        expect(closed.operation).toMatchObject({
          id,
          state: 'closed',
          resumable: false,
          crashed: false,
        });
        expect(closed).toMatchObject({ freed: ['new-b-01'], unfit: [] });
        expect(closed.operation.message).toMatch(new RegExp(`closed by ${me.operator} .*; before: crashed`));
        const listed = (state: ShownState) => other.list({ state });
        expect((await listed('closed')).map((operation) => operation.id)).toEqual([id]);
        for (const state of ['interrupted', 'crashed', 'running', 'failed'] as const)
          expect(await listed(state)).toEqual([]);
        expect((await other.show(id)).events).toMatchObject([
          { type: 'operation-finished', state: 'interrupted' },
        ]);
        expect((await other.takenSpares()).map((row) => [row.host, row.state])).toEqual([
          ['new-b-02', 'unfit'],
          ['new-b-03', 'assigned'],
        ]);
        await other.open(planOf(['new-b-01']), me);
        await expect(other.takeOver(id, me)).rejects.toBeInstanceOf(RefusedError);
        await expect(other.giveUp(id, me)).rejects.toBeInstanceOf(RefusedError);
        await expect(ledger.append(id, started('a', 'b'))).rejects.toBeInstanceOf(LeaseLostError);
      });

      it('sets hosts aside that may be in traffic', async () => {
        const stage = stageOf('expand', ['a', 'b', 'c', 'd'], ['copy']);
        const undo = { kind: 'pool.claim', room: 'B' } as const;
        const lanes = stage.lanes.map((lane) => ({
          ...lane,
          steps: [...lane.steps, { id: 'join', title: 'join', action: undo, undo }],
        }));
        const plan = planOf(['a', 'b', 'c', 'd'], { stages: [{ ...stage, lanes }] });
        const id = await ledger.open(plan, me);
        const done = { status: 'done', changed: true, message: '', elapsedMs: 1 } as const;
        for (const host of ['a', 'b', 'c']) await ledger.append(id, started(host, 'copy'));
        for (const host of ['b', 'c']) await ledger.append(id, started(host, 'join'));
        await ledger.append(id, { ...finished('c', 'join', done), undo: true });
        await ledger.finish(id, 'failed', 'broken');
        const rehearsed = await other.giveUp(id, me, true);
        expect(rehearsed).toMatchObject({ freed: ['a', 'c', 'd'], unfit: ['b'] });
        expect((await other.show(id)).resumable).toBe(true);
        expect(await other.takenSpares()).toHaveLength(4);
        expect(await other.giveUp(id, me)).toMatchObject({ freed: ['a', 'c', 'd'], unfit: ['b'] });
        expect(await other.takenSpares()).toMatchObject([{ host: 'b', state: 'unfit', operation: id }]);
        expect((await other.show(id)).message).toMatch(/closed by .*; before: broken/);
        await other.putBack(['b'], 'li');
        expect(await other.takenSpares()).toEqual([]);
      });

      it('is refused while the owner lives, and when it is done', async () => {
        const id = await ledger.open(planOf([]), me);
        expect((await refusedBy(other.giveUp(id, me))).message).toContain(String(me.pid));
        await ledger.finish(id, 'done', '');
        await expect(other.giveUp(id, me)).rejects.toBeInstanceOf(RefusedError);
      });
    });

    describe('an operation that takes hosts over', () => {
      const undoOf = (operation: string, hosts: readonly string[]) =>
        planOf([], {
          kind: 'undo',
          takesOver: { operation, hosts },
          stages: [stageOf('clear', hosts, ['stop'])],
        });

      async function expanded(): Promise<string> {
        const id = await ledger.open(planOf(['a', 'b', 'c']), me);
        await ledger.assign('a', id, 'shop', 'web');
        await ledger.setUnfit('c', id, 'disk full');
        await ledger.finish(id, 'failed', '1 of 3 hosts done');
        return id;
      }

      it('has them as they were, and the earlier one is closed', async () => {
        const id = await expanded();
        const undo = await other.open(undoOf(id, ['a', 'b']), me);
        expect((await other.takenSpares()).map((row) => [row.host, row.state, row.operation])).toEqual([
          ['a', 'assigned', undo],
          ['b', 'reserved', undo],
          ['c', 'unfit', id],
        ]);
        const record = await other.show(id);
        expect(record).toMatchObject({ state: 'closed', resumable: false });
        expect(record.message).toBe(`1 of 3 hosts done; undo: ${undo}`);
        await expect(ledger.takeOver(id, me)).rejects.toBeInstanceOf(RefusedError);
        await other.release(undo, 'a');
        await other.release(undo, 'a');
        await other.finish(undo, 'done', '');
        expect((await other.takenSpares()).map((row) => row.host)).toEqual(['c']);
      });

      it('is what the earlier one was undone by, once it is done', async () => {
        const id = await ledger.open(planOf(['a']), me);
        await ledger.assign('a', id, 'shop', 'web');
        await ledger.finish(id, 'done', '1 of 1 hosts done');
        const undo = await other.open(undoOf(id, ['a']), me);
        expect(await ledger.show(id)).toMatchObject({ state: 'done', undoneBy: null });
        await other.finish(undo, 'done', '');
        expect(await ledger.show(id)).toMatchObject({ state: 'undone', undoneBy: undo, resumable: false });
        const inState = async (state: ShownState) => (await ledger.list({ state })).map((each) => each.id);
        expect([await inState('undone'), await inState('done'), await inState('closed')]).toEqual([
          [id],
          [undo],
          [],
        ]);
        expect((await refusedBy(ledger.takeOver(id, me))).message).toContain(`is undone by ${undo}`);
        expect(await ledger.tallies({ kind: 'scale' })).toMatchObject([{ id, state: 'done' }]);
      });

      it('has hosts of several, or none of them, and each goes back to its own where it is given up', async () => {
        const [one, two] = [await expanded(), await ledger.open(planOf(['d', 'e']), me)];
        for (const host of ['d', 'e']) await ledger.assign(host, two, 'shop', 'web');
        await ledger.finish(two, 'done', '');
        const shrink = (hosts: readonly string[]) =>
          planOf([], {
            kind: 'shrink',
            takesOver: [
              { operation: one, hosts: ['a'] },
              { operation: two, hosts },
            ],
            stages: [stageOf('clear', ['a', ...hosts], ['stop'])],
          });
        await refusedBy(other.open(shrink(['d', 'z']), me));
        const owners = async () => (await other.takenSpares()).map((row) => [row.host, row.operation]);
        const before = await owners();
        const id = await other.open(shrink(['d']), me);
        expect(await owners()).toEqual([
          ['a', id],
          ['b', one],
          ['c', one],
          ['d', id],
          ['e', two],
        ]);
        await other.finish(id, 'failed', '');
        await other.giveUp(id, me);
        expect(await owners()).toEqual(before);
      });

      it('frees the lock of one whose process died, and is refused while it lives', async () => {
        const running = await ledger.open(planOf(['a']), me);
        const refusal = await refusedBy(other.open(undoOf(running, ['a']), me));
        expect(refusal.message).toContain(running);
        await ledger.finish(running, 'failed', '');
        await ledger.giveUp(running, me);
        const dead = await ledger.open(planOf(['a']), deadOwner('wang'));
        const undo = await other.open(undoOf(dead, ['a']), me);
        expect(await other.show(dead)).toMatchObject({ state: 'closed', crashed: false });
        expect(await other.takenSpares()).toMatchObject([{ host: 'a', operation: undo }]);
      });

      it('is not opened when one of the hosts is no longer the other one s', async () => {
        const id = await expanded();
        for (const hosts of [
          ['a', 'c'],
          ['a', 'nobody'],
        ])
          await refusedBy(other.open(undoOf(id, hosts), me));
        expect((await other.show(id)).resumable).toBe(true);
        expect((await other.takenSpares())[0]).toMatchObject({ host: 'a', operation: id });
        expect(await other.list({})).toHaveLength(1);
      });

      it('keeps what it has not returned from everybody, and gives back what serves when it is given up', async () => {
        const id = await expanded();
        const undo = await other.open(undoOf(id, ['a', 'b']), me);
        await other.finish(undo, 'failed', '');
        expect((await refusedBy(ledger.putBack(['b'], 'li'))).hint).toContain(`kuafu ops close ${undo}`);
        await other.takeOver(undo, me);
        await other.setUnfit('b', undo, 'hangs');
        await other.finish(undo, 'failed', '');
        expect((await refusedBy(ledger.putBack(['b'], 'li'))).hint).toContain(`kuafu ops close ${undo}`);
        await ledger.giveUp(undo, me);
        expect((await other.takenSpares()).map((row) => [row.host, row.state, row.operation])).toEqual([
          ['a', 'assigned', id],
          ['b', 'unfit', undo],
          ['c', 'unfit', id],
        ]);
        expect(await ledger.putBack(['b'], 'li')).toMatchObject([{ host: 'b' }]);
        await other.open(undoOf(id, ['a']), me);
      });
    });

    describe('ids', () => {
      it('are found by prefix, by end, and by what a tired person types', async () => {
        const id = await ledger.open(planOf([]), me);
        const suffix = id.slice(7);
        for (const typed of [
          id,
          suffix,
          id.slice(0, 8),
          ` ${id.toUpperCase()} `,
          suffix.replaceAll('0', 'o'),
        ])
          expect((await other.show(typed)).id).toBe(id);
      });

      it('names the candidates when there is more than one', async () => {
        const ids = await Promise.all(
          ['a', 'b'].map((lock) => ledger.open(planOf([], { locks: [lock] }), me)),
        );
        const error = await other.show('261123').catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(UsageError);
        for (const id of ids) expect(String(error)).toContain(id);
      });

      it.each(['', '%', '_', '261123-%', '-k3f9', 'zzzzz', "x'; drop", '999999-zzzz'])(
        'does not find %j',
        async (typed) => {
          await ledger.open(planOf([]), me);
          await expect(other.show(typed)).rejects.toBeInstanceOf(UsageError);
        },
      );
    });

    describe('list', () => {
      it('is newest first and filters', async () => {
        const ids: string[] = [];
        for (const [index, app] of ['shop', 'mail', 'shop'].entries()) {
          later(1000);
          const plan = planOf([], {
            scope: { apps: [app], groups: ['web'], rooms: [index === 2 ? 'A' : 'B'] },
            locks: [`l${index}`],
          });
          ids.push(await ledger.open(plan, index === 1 ? farOwner('li') : me));
        }
        await ledger.finish(ids[0] ?? '', 'done', '');
        const listed = async (filter: Parameters<Ledger['list']>[0]) =>
          (await other.list(filter)).map((summary) => ids.indexOf(summary.id));
        expect(await listed({})).toEqual([2, 1, 0]);
        expect(await listed({ limit: 2 })).toEqual([2, 1]);
        expect(await listed({ app: 'shop' })).toEqual([2, 0]);
        expect(await listed({ room: 'A' })).toEqual([2]);
        expect(await listed({ state: 'done' })).toEqual([0]);
        expect(await listed({ operator: 'li' })).toEqual([1]);
        expect(await listed({ launched: 'terminal' })).toContain(1);
        expect(await listed({ kind: 'scale' })).toEqual([2, 1, 0]);
        expect(await listed({ kind: 'undo' })).toEqual([]);
        expect(await listed({ since: '2026-11-23T10:00:02.000Z' })).toEqual([2, 1]);
        expect(await listed({ until: '2026-11-23T10:00:02.000Z' })).toEqual([0]);
        expect(await listed({ state: 'running' })).toEqual([2, 1]);
        expect(await listed({ state: 'crashed' })).toEqual([]);
        later(LEASE_MS + 1);
        expect(await listed({ state: 'running' })).toEqual([2]);
        expect(await listed({ state: 'crashed', limit: 1 })).toEqual([1]);
      });
    });

    it('knows who was in which operation, and that somebody went on with it', async () => {
      const id = await ledger.open(planOf(['a']), me);
      await ledger.claim('standby', 'B', id);
      await ledger.claim('standby', 'B', id);
      for (const hosts of [['a'], ['x', 'standby']])
        expect(await other.list({ hosts })).toMatchObject([{ id, resumed: false }]);
      expect(await other.list({ hosts: ['x'] })).toEqual([]);
      expect(await other.list({ launched: 'resumed' })).toEqual([]);
      await ledger.finish(id, 'failed', '');
      await ledger.takeOver(id, farOwner('li'));
      expect(await other.list({ launched: 'resumed' })).toMatchObject([{ id, resumed: true }]);
      expect(await other.list({ launched: me.launched })).toMatchObject([{ id }]);
    });

    it('lists an operation in several rooms under each of them', async () => {
      const id = await ledger.open(
        planOf([], { scope: { apps: ['shop'], groups: ['web'], rooms: ['A', 'B', 'C'] } }),
        me,
      );
      for (const room of ['A', 'B', 'C'])
        expect((await other.list({ room })).map((summary) => summary.id)).toEqual([id]);
      for (const room of ['D', '']) expect(await other.list({ room })).toEqual([]);
    });

    describe('hosts that a person keeps out', () => {
      it('are known with who it was, since when and by which operation, until they are let in', async () => {
        const id = await ledger.open(planOf([]), me);
        await ledger.setKeptOut('web-b-01', 'shop', id, 'out');
        await ledger.setKeptOut('web-b-01', 'api', id, 'out');
        const since = now.toISOString();
        later(60_000);
        await ledger.setKeptOut('web-b-01', 'shop', id, 'out');
        const row = { host: 'web-b-01', operator: me.operator, since, operation: id };
        expect(await other.keptOut()).toEqual(
          expect.arrayContaining([
            { ...row, app: 'shop' },
            { ...row, app: 'api' },
          ]),
        );
        await ledger.finish(id, 'done', '');
        later(60_000);
        const again = await other.open(planOf([]), me);
        await other.setKeptOut('web-b-01', 'shop', again, 'out');
        expect(await ledger.keptOut()).toContainEqual({
          ...row,
          app: 'shop',
          since: now.toISOString(),
          operation: again,
        });
        await other.setKeptOut('web-b-01', 'shop', again, 'in');
        await other.setKeptOut('web-b-01', 'shop', again, 'in');
        expect(await ledger.keptOut()).toEqual([{ ...row, app: 'api' }]);
      });

      it('are so no longer once they go back into the pool', async () => {
        const id = await ledger.open(planOf(['new-b-01']), me);
        await ledger.setKeptOut('new-b-01', 'shop', id, 'out');
        await ledger.release(id, 'new-b-01');
        expect(await ledger.keptOut()).toEqual([]);
      });
    });

    describe('hosts', () => {
      it('are claimed by one operation only', async () => {
        const one = await ledger.open(planOf([], { locks: ['1'] }), me);
        const two = await other.open(planOf([], { locks: ['2'] }), me);
        const won = await Promise.all([ledger.claim('n', 'B', one), other.claim('n', 'B', two)]);
        expect(won.filter(Boolean)).toHaveLength(1);
        const [winner, loser] = won[0] ? [ledger, other] : [other, ledger];
        const [winning, losing] = won[0] ? [one, two] : [two, one];
        expect(await winner.claim('n', 'B', winning)).toBe(true);
        await winner.release(winning, 'n');
        expect(await loser.claim('n', 'B', losing)).toBe(true);
        await loser.setUnfit('n', losing, 'no disk');
        expect(await loser.claim('n', 'B', losing)).toBe(false);
        expect(await other.takenSpares()).toMatchObject([
          { host: 'n', state: 'unfit', reason: 'no disk', room: 'B' },
        ]);
      });

      const wanted = (names: readonly string[], count = names.length, over = {}) => ({
        candidates: names.map((name) => ({ name, room: 'B' })),
        count,
        operator: 'wang',
        note: 'drill',
        forMs: 3_600_000,
        ...over,
      });

      it('are kept by hand until the time is over, from every operation', async () => {
        const until = '2026-11-23T11:00:00.000Z';
        expect(await ledger.reserve(wanted(['a', 'b']))).toMatchObject([
          { host: 'a', room: 'B', state: 'reserved', reason: 'drill', byHand: { operator: 'wang', until } },
          { host: 'b' },
        ]);
        expect((await other.takenSpares()).map(({ host }) => host)).toEqual(['a', 'b']);
        const refusal = await refusedBy(other.open(planOf(['b', 'c']), me));
        expect(refusal.message).toContain(`b (reserved by wang until ${until})`);
        expect(refusal.message).not.toContain('c (');
        const id = await other.open(planOf([]), me);
        expect(await other.claim('a', 'B', id)).toBe(false);
        later(3_600_000);
        expect(await other.takenSpares()).toEqual([]);
        expect(await other.claim('a', 'B', id)).toBe(true);
      });

      it('are kept all or none, and only those that are free', async () => {
        const id = await ledger.open(planOf(['a']), me);
        const refusal = await refusedBy(other.reserve(wanted(['a', 'b'])));
        expect(refusal.message).toContain(`a (reserved by operation ${id})`);
        expect((await refusedBy(other.reserve(wanted(['a', 'b'], 2)))).message).toContain('not free: a');
        expect((await refusedBy(other.reserve(wanted(['a', 'b', 'c'], 3)))).message).toContain('not free: a');
        expect(await other.reserve(wanted(['a', 'b', 'c', 'd'], 2), true)).toHaveLength(2);
        expect(await other.takenSpares()).toHaveLength(1);
        expect((await other.reserve(wanted(['a', 'b', 'c', 'd'], 2))).map(({ host }) => host)).toEqual([
          'b',
          'c',
        ]);
        const again = await refusedBy(ledger.reserve(wanted(['a', 'b', 'c', 'd'], 2)));
        expect(again.message).toBe('2 spare hosts are wanted, 1 is free; nothing was reserved');
      });

      it('get a new time from those who keep them, and from nobody else', async () => {
        await ledger.reserve(wanted(['a']));
        await refusedBy(other.reserve(wanted(['a'], 1, { operator: 'li' })));
        later(60_000);
        await other.reserve(wanted(['a'], 1, { note: 'longer' }));
        expect(await ledger.takenSpares()).toMatchObject([
          { host: 'a', reason: 'longer', byHand: { until: '2026-11-23T11:01:00.000Z' } },
        ]);
      });

      it('that are kept by hand can be released by anybody, and it is known by whom', async () => {
        await ledger.reserve(wanted(['a', 'b']));
        expect(await other.putBack(['a'], 'li', true)).toMatchObject([{ host: 'a' }]);
        expect(await other.takenSpares()).toHaveLength(2);
        expect(await other.putBack(['a'], 'li')).toMatchObject([{ host: 'a', byHand: { operator: 'wang' } }]);
        expect(await other.putBack(['b'], 'wang')).toHaveLength(1);
        expect(await ledger.takenSpares()).toEqual([]);
        expect(await ledger.releasedReservations()).toMatchObject([
          { host: 'a', operator: 'wang', releasedBy: 'li', until: '2026-11-23T11:00:00.000Z' },
        ]);
        await other.reserve(wanted(['a'], 1, { operator: 'li' }));
        later(3_600_000);
        expect(await ledger.releasedReservations()).toEqual([]);
      });

      it('are not moved by an operation that does not have them', async () => {
        const one = await ledger.open(planOf(['n'], { locks: ['1'] }), me);
        const two = await other.open(planOf([], { locks: ['2'] }), me);
        await expect(other.assign('n', two, 'shop', 'web')).rejects.toBeInstanceOf(RefusedError);
        await expect(other.setUnfit('n', two, 'x')).rejects.toBeInstanceOf(RefusedError);
        await other.release(two, 'n');
        expect(await other.takenSpares()).toMatchObject([{ host: 'n', state: 'reserved', operation: one }]);
      });

      it('are put back by hand only when nobody needs them', async () => {
        const id = await ledger.open(planOf(['a', 'b', 'c']), me);
        await ledger.assign('a', id, 'shop', 'web');
        await ledger.setUnfit('b', id, 'no disk');
        expect((await refusedBy(other.putBack(['a'], 'li'))).message).toContain('shop/web');
        expect((await refusedBy(other.putBack(['b'], 'li'))).message).toContain('running');
        await ledger.finish(id, 'failed', '');
        expect((await refusedBy(other.putBack(['b', 'c'], 'li'))).hint).toMatch(
          new RegExp(`kuafu ops close ${id} .*free again, those that may run the service unfit`),
        );
        expect(await other.takenSpares()).toHaveLength(3);
        expect(await other.putBack(['b'], 'li', true)).toMatchObject([{ host: 'b' }]);
        expect(await other.takenSpares()).toHaveLength(3);
        expect(await other.putBack(['b', 'b'], 'li')).toMatchObject([{ host: 'b', state: 'unfit' }]);
        expect(await other.putBack(['b'], 'li')).toEqual([]);
        expect((await other.takenSpares()).map((row) => row.host)).toEqual(['a', 'c']);
      });

      it('are those of a resume again, and where somebody else has one it is refused', async () => {
        const id = await ledger.open(planOf(['a', 'b']), me);
        for (const host of ['a', 'b'])
          await ledger.append(
            id,
            finished(host, 'connect', { status: 'done', changed: true, message: '', elapsedMs: 1 }),
          );
        await ledger.setUnfit('b', id, 'no disk');
        await ledger.finish(id, 'failed', '');
        await other.putBack(['b'], 'li');
        await ledger.takeOver(id, me);
        expect(await other.takenSpares()).toMatchObject([
          { host: 'a', operation: id },
          { host: 'b', state: 'reserved', operation: id },
        ]);
        await ledger.setUnfit('b', id, 'no disk');
        await ledger.finish(id, 'failed', '');
        await other.putBack(['b'], 'li');
        await other.open(planOf(['b'], { locks: ['2'] }), me);
        const refusal = await refusedBy(ledger.takeOver(id, me));
        expect(refusal.message).toContain(
          `b was released from operation ${id}, and somebody else has it now`,
        );
        expect(refusal.hint).toContain(`kuafu ops close ${id}`);
        expect((await other.show(id)).state).toBe('failed');
      });
    });
  });
}

async function refusedBy(attempt: Promise<unknown>): Promise<RefusedError> {
  const thrown = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof RefusedError) return thrown;
  throw new Error(`expected a refusal, got ${thrown}`);
}
