import { Migrator } from 'kysely';
import Libsql from 'libsql';
import { MIGRATIONS } from '../../src/lib/ledger/migrations.js';
import { openSqlite } from '../../src/lib/ledger/sqlite.js';
import { planChecksum } from '../../src/lib/plan/checksum.js';
import type { RunEvent, StepResult } from '../../src/lib/record/events.js';
import { farOwner, planOf, stageOf } from '../unit/ledger/fixture.js';

/** One operation as it was made up, for figures that are computed from it in another way. */
export interface MadeUp {
  readonly id: string;
  readonly kind: 'scale' | 'undo';
  readonly app: string;
  readonly room: string;
  readonly state: 'done' | 'failed' | 'interrupted' | 'undone';
  readonly startedAt: string;
  readonly elapsedMs: number;
  readonly hosts: readonly string[];
  readonly operator: string;
  readonly launched: 'terminal' | 'cron' | 'ci' | 'other';
  readonly resumed: boolean;
  readonly attempts: readonly { readonly host: string; readonly step: string; readonly result: StepResult }[];
}

const STEPS = ['connect', 'init', 'copy', 'start', 'health'];

/**
 * A ledger with so many operations that have ended, an hour and some minutes apart up to `last`, as a kuafu wrote it
 * that knew the first migration alone: whoever opens it makes the rest from plans and events.
 */
export async function generateLedger(file: string, count: number, last: Date): Promise<readonly MadeUp[]> {
  const database = await openSqlite(file, 10_000);
  const provider = { getMigrations: async () => ({ ...MIGRATIONS }) };
  const { error } = await new Migrator({ db: database, provider }).migrateTo('001-operations');
  if (error !== undefined) throw error;
  await database.destroy();
  const random = randomFrom(42);
  const operations = Array.from({ length: count }, (_, index) => makeUp(index, count, last, random));
  write(file, operations);
  return operations;
}

type Random = (below: number) => number;

function makeUp(index: number, count: number, last: Date, random: Random): MadeUp {
  const at = new Date(last.getTime() - (count - index) * 3_700_000 - random(3_000_000));
  const hosts = [`new-${random(2) === 0 ? 'a' : 'b'}-${10 + random(40)}`, `new-b-${60 + random(30)}`];
  const attempts = hosts.flatMap((host) => attemptsOn(host, random));
  const failed = attempts.some(({ result }) => result.status === 'failed');
  const ends = ['interrupted', 'undone', 'failed'] as const;
  return {
    id: `${at.toISOString().slice(2, 10).replaceAll('-', '')}-${String(index).padStart(4, '0')}`,
    kind: random(5) === 0 ? 'undo' : 'scale',
    app: ['shop', 'mail', 'search'][random(3)] ?? '',
    room: random(3) === 0 ? 'A' : 'B',
    state: failed ? (ends[random(3)] ?? 'failed') : 'done',
    startedAt: at.toISOString(),
    elapsedMs: 10_000 + random(600_000),
    hosts,
    operator: ['wang', 'li', 'zhao'][random(3)] ?? '',
    launched: (['terminal', 'cron', 'ci', 'other'] as const)[random(4)] ?? 'other',
    resumed: random(10) === 0,
    attempts,
  };
}

function attemptsOn(host: string, random: Random) {
  const attempts = [];
  for (const step of STEPS) {
    const elapsedMs = 100 + random(50_000);
    const luck = random(100);
    const at = { culprit: host, elapsedMs };
    const full = `${host}: ${random(900)} MB free on /opt, 2000 MB needed`;
    const result: StepResult =
      luck < 2
        ? { status: 'failed', failure: 'failed', message: full, ...at }
        : luck < 3
          ? { status: 'unknown', message: `198.18.2.101: no answer for ${random(60)} s`, ...at }
          : luck < 6
            ? { status: 'skipped', message: '' }
            : { status: 'done', changed: luck % 2 === 0, message: '', elapsedMs };
    attempts.push({ host, step, result });
    if (luck < 2) break;
  }
  return attempts;
}

function write(file: string, operations: readonly MadeUp[]): void {
  const library = new Libsql(file);
  const row = library.prepare('insert into operations values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)');
  const plan = library.prepare('insert into plans values (?,?,?)');
  const event = library.prepare('insert into events values (?,?,?)');
  library.exec('begin');
  for (const made of operations) {
    const { id, kind, app, room, state, startedAt, elapsedMs, hosts, operator, launched } = made;
    const owner = { ...farOwner(operator), launched };
    const end = new Date(Date.parse(startedAt) + elapsedMs).toISOString();
    const events = eventsOf(made, end);
    const columns = [id, kind, `${kind} ${app}`, app, 'web', room, state, 0, operator, JSON.stringify(owner)];
    row.run(...columns, startedAt, end, state === 'done' ? '' : '1 of 2 hosts done', 0, events.length);
    const stages = [stageOf('expand', hosts, STEPS)];
    const stored = planOf(hosts, { kind, scope: { apps: [app], groups: ['web'], rooms: [room] }, stages });
    plan.run(id, planChecksum(stored), JSON.stringify(stored));
    for (const [seq, body] of events.entries()) event.run(id, seq + 1, JSON.stringify(body));
  }
  library.exec('commit');
  library.close();
}

function eventsOf({ startedAt, operator, resumed, attempts, state }: MadeUp, end: string): RunEvent[] {
  const steps = attempts.map(({ host, step, result }): RunEvent => {
    return { at: startedAt, type: 'step-finished', stage: 'expand', lane: host, step, undo: false, result };
  });
  const begin = { at: startedAt, type: 'operation-started', operator } as const;
  const again: RunEvent[] = resumed ? [{ ...begin, resumed: true }] : [];
  const last: RunEvent = { at: end, type: 'operation-finished', state, message: '' };
  return [{ ...begin, resumed: false }, ...steps, ...again, last];
}

/** The generator of Numerical Recipes: the same numbers everywhere. */
function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
