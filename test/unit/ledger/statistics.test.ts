import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger } from '../../../src/lib/ledger/ledger.js';
import { openLedger } from '../../../src/lib/ledger/open.js';
import { currentOwner } from '../../../src/lib/ledger/owner.js';
import { type Statistics, statisticsOf } from '../../../src/lib/record/statistics.js';
import { generateLedger, type MadeUp } from '../../support/generated-ledger.js';
import { finished, planOf, scratchFolder } from './fixture.js';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let made: readonly MadeUp[];
let ledger: Ledger;

beforeAll(async () => {
  folder = await scratchFolder();
  const file = join(folder.path, 'ledger.db');
  made = await generateLedger(file, 400, new Date('2026-11-23T10:00:00.000Z'));
  ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
});

afterAll(async () => {
  await ledger.close();
  await folder.remove();
});

/** By its definition, not by sorting: the least of the values that so many are not above. */
function percentile(values: readonly number[], share: number): number | null {
  const enough = values.filter(
    (value) => values.filter((other) => other <= value).length >= share * values.length,
  );
  return enough.length === 0 ? null : Math.min(...enough);
}

function times(values: readonly number[]) {
  return {
    medianMs: percentile(values, 0.5),
    p90Ms: percentile(values, 0.9),
    p99Ms: percentile(values, 0.99),
  };
}

function expectFigures({ operations, steps, reasons, hours }: Statistics, all: readonly MadeUp[]): void {
  expect(operations.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
  for (const figures of operations) {
    const own = all.filter(
      (one) => one.kind === figures.kind && one.app === figures.app && one.room === figures.room,
    );
    const ended = (state: string) => own.filter((one) => one.state === state);
    expect(figures).toEqual({
      kind: figures.kind,
      app: figures.app,
      room: figures.room,
      count: own.length,
      running: 0,
      done: ended('done').length,
      failed: ended('failed').length,
      interrupted: ended('interrupted').length,
      undone: ended('undone').length,
      successRate: ended('done').length / own.length,
      ...times(ended('done').map((one) => one.elapsedMs)),
    });
  }
  for (const figures of steps) {
    const attempts = all
      .filter((one) => one.kind === figures.kind && one.app === figures.app && one.room === figures.room)
      .flatMap((one) => one.attempts)
      .filter(({ step }) => step === figures.step);
    const ended = (status: string) => attempts.filter(({ result }) => result.status === status);
    const done = attempts.flatMap(({ result }) => (result.status === 'done' ? [result.elapsedMs] : []));
    expect(figures).toMatchObject({
      count: attempts.length,
      done: done.length,
      failed: ended('failed').length,
      unknown: ended('unknown').length,
      skipped: ended('skipped').length,
      successRate: done.length / (attempts.length - ended('skipped').length),
      ...times(done),
    });
  }
  const bad = all.flatMap((one) =>
    one.attempts.map((attempt) => ({ ...attempt, kind: one.kind, id: one.id })),
  );
  for (const { kind, step, reason, count, operations: distinct } of reasons) {
    const status = reason.startsWith('HOST: N MB') ? 'failed' : 'unknown';
    const own = bad.filter((one) => one.kind === kind && one.step === step && one.result.status === status);
    expect([count, distinct]).toEqual([own.length, new Set(own.map(({ id }) => id)).size]);
  }
  expect(new Set(reasons.map(({ reason }) => reason))).toEqual(
    new Set(['HOST: N MB free on /opt, N MB needed', 'HOST: no answer for N s']),
  );
  expect(hours).toEqual(
    Array.from(
      { length: 24 },
      (_, hour) => all.filter((one) => new Date(one.startedAt).getHours() === hour).length,
    ),
  );
}

describe('statistics of a generated ledger', () => {
  it('are those that are computed from what was made up', async () => {
    expectFigures(statisticsOf(await ledger.tallies({})), made);
  });

  it('are those of the filter', async () => {
    const since = made[100]?.startedAt ?? '';
    const filter = { app: 'shop', room: 'B', kind: 'scale', since } as const;
    const wanted = made.filter(
      (one) => one.app === 'shop' && one.room === 'B' && one.kind === 'scale' && one.startedAt >= since,
    );
    expect(wanted.length).toBeGreaterThan(20);
    expectFigures(statisticsOf(await ledger.tallies(filter)), wanted);
  });

  it('come with lists that know how and by whom operations of before were begun, and on which hosts', async () => {
    const ids = async (filter: Parameters<Ledger['list']>[0]) =>
      (await ledger.list(filter)).map(({ id }) => id).toSorted();
    const wanted = (keep: (one: MadeUp) => boolean) =>
      made
        .filter(keep)
        .map(({ id }) => id)
        .toSorted();
    expect(await ids({ launched: 'cron' })).toEqual(wanted((one) => one.launched === 'cron'));
    expect(await ids({ launched: 'resumed' })).toEqual(wanted((one) => one.resumed));
    expect(await ids({ operator: 'li' })).toEqual(wanted((one) => one.operator === 'li'));
    const hosts = ['new-b-61', 'new-a-11'];
    expect(await ids({ hosts })).toEqual(wanted((one) => one.hosts.some((host) => hosts.includes(host))));
    const [since, until] = [made[50]?.startedAt ?? '', made[60]?.startedAt ?? ''];
    expect(await ids({ since, until })).toEqual(
      wanted((one) => one.startedAt >= since && one.startedAt < until),
    );
  });
});

it('an operation that runs is counted by what is known so far, and anew when it has ended', async () => {
  const place = await scratchFolder();
  const file = join(place.path, 'ledger.db');
  const own = await openLedger({ ledger: { kind: 'sqlite', file } });
  const id = await own.open(planOf(['h']), currentOwner({}));
  const done = (ms: number) =>
    finished('h', 'copy', { status: 'done', changed: true, message: '', elapsedMs: ms });
  await own.append(id, done(100));
  expect(statisticsOf(await own.tallies({}))).toMatchObject({
    operations: [{ count: 1, running: 1, done: 0, successRate: null, medianMs: null }],
    steps: [{ step: 'copy', done: 1, medianMs: 100 }],
  });
  await own.finish(id, 'failed', '');
  await own.takeOver(id, currentOwner({}));
  await own.append(id, done(300));
  expect(statisticsOf(await own.tallies({})).steps).toMatchObject([{ done: 2, p99Ms: 300 }]);
  await own.finish(id, 'done', '');
  expect(statisticsOf(await own.tallies({}))).toMatchObject({
    operations: [{ count: 1, done: 1, successRate: 1 }],
    steps: [{ done: 2, medianMs: 100 }],
  });
  await own.close();
  await place.remove();
});
