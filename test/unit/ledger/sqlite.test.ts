import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FailedError } from '../../../src/lib/errors.js';
import { ExitCode } from '../../../src/lib/exit-codes.js';
import { LedgerUnusableError } from '../../../src/lib/ledger/errors.js';
import { migrate } from '../../../src/lib/ledger/migrate.js';
import { openLedger } from '../../../src/lib/ledger/open.js';
import { currentOwner } from '../../../src/lib/ledger/owner.js';
import { SqlLedger } from '../../../src/lib/ledger/sql-ledger.js';
import { openSqlite, sqliteClock } from '../../../src/lib/ledger/sqlite.js';
import { ledgerContract } from './contract.js';
import { planOf, scratchFolder, started } from './fixture.js';

ledgerContract('sqlite', async () => {
  const folder = await scratchFolder();
  const file = join(folder.path, 'ledger.db');
  return {
    connect: async (clock = sqliteClock) => {
      const database = await openSqlite(file, 10_000);
      await migrate(database, file);
      return new SqlLedger(database, clock);
    },
    remove: folder.remove,
  };
});

describe('the file', () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let file: string;
  const configured = (at = file) => ({ ledger: { kind: 'sqlite' as const, file: at } });

  beforeEach(async () => {
    folder = await scratchFolder();
    file = join(folder.path, 'state', 'kuafu', 'ledger.db');
  });

  afterEach(() => folder.remove());

  it('is nobody else’s to read', async () => {
    const ledger = await openLedger(configured());
    const id = await ledger.open(planOf([]), currentOwner({}));
    for (const [path, mode] of [
      [join(folder.path, 'state'), 0o700],
      [join(folder.path, 'state', 'kuafu'), 0o700],
      [file, 0o600],
      [`${file}-wal`, 0o600],
      [`${file}-shm`, 0o600],
    ] as const)
      expect([path, (await stat(path)).mode & 0o777]).toEqual([path, mode]);
    await ledger.close();
    const again = await openLedger(configured());
    expect((await again.show(id)).id).toBe(id);
    await again.close();
  });

  it.each([
    ['text', Buffer.from('this is not a database\n'.repeat(500))],
    ['a page of zeroes and noise', Buffer.concat([Buffer.alloc(4096), Buffer.alloc(4096, 7)])],
  ])('that holds %s is refused and kept', async (_what, content) => {
    await mkdir(join(folder.path, 'state', 'kuafu'), { recursive: true });
    await writeFile(file, content);
    const error = await openLedger(configured()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LedgerUnusableError);
    expect(String(error)).toContain(file);
    expect(String(error)).toContain('damaged');
    expect(await readFile(file)).toEqual(content);
  });

  it('that breaks later is reported by name', async () => {
    const ledger = await openLedger(configured());
    for (let n = 0; n < 20; n += 1) {
      const id = await ledger.open(planOf([], { locks: [`l${n}`] }), currentOwner({}));
      await ledger.append(id, started('h'.repeat(3000), 'copy'));
    }
    await ledger.close();
    const library = new Libsql(file);
    library.exec('pragma wal_checkpoint(truncate)');
    library.close();
    const content = await readFile(file);
    await writeFile(file, Buffer.concat([content.subarray(0, 4096), Buffer.alloc(content.length - 4096, 7)]));
    const attempt = async () => {
      const broken = await openLedger(configured());
      await broken.list({}).finally(() => broken.close());
    };
    const error = await attempt().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LedgerUnusableError);
    expect(String(error)).toContain(file);
  });

  it('of a newer kuafu is refused', async () => {
    await (await openLedger(configured())).close();
    const library = new Libsql(file);
    library.exec("insert into kysely_migration values ('999-of-tomorrow', '2030-01-01T00:00:00.000Z')");
    library.close();
    await expect(openLedger(configured())).rejects.toThrow(/newer kuafu/);
  });

  it('in a place that cannot be written is refused with its name', async () => {
    await writeFile(join(folder.path, 'plain'), '');
    const below = join(folder.path, 'plain', 'ledger.db');
    await expect(openLedger(configured(below))).rejects.toThrow(below);
    await expect(openLedger(configured(folder.path))).rejects.toBeInstanceOf(LedgerUnusableError);
  });

  it('is not made to be read or to rehearse on; what is not there is empty', async () => {
    for (const access of ['read', 'rehearse'] as const) {
      const ledger = await openLedger(configured(), access);
      expect(await ledger.list({})).toEqual([]);
      await expect(ledger.giveUp('k3f9', currentOwner({}), true)).rejects.toThrow(/no operation k3f9/);
      await ledger.close();
    }
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('is read beside the one who writes it, and not written', async () => {
    file = join(folder.path, 'odd #%3f?name', 'ledger.db');
    const writer = await openLedger(configured());
    const id = await writer.open(planOf(['new-b-01']), currentOwner({}));
    const reader = await openLedger(configured(), 'read');
    expect(await reader.show(id)).toEqual(await writer.show(id));
    expect(await reader.takenSpares()).toHaveLength(1);
    const refused = reader.open(planOf([], { locks: [] }), currentOwner({}));
    await expect(refused).rejects.toThrow(/cannot be written/);
    await expect(refused).rejects.toBeInstanceOf(LedgerUnusableError);
    await reader.close();
    await writer.close();
  });

  it.each(['read', 'rehearse'] as const)('that cannot be looked for is refused, to %s', async (access) => {
    await writeFile(join(folder.path, 'plain'), '');
    const below = join(folder.path, 'plain', 'ledger.db');
    await expect(openLedger(configured(below), access)).rejects.toThrow(`${below} cannot be read`);
    await expect(openLedger(configured(folder.path), access)).rejects.toBeInstanceOf(LedgerUnusableError);
  });

  it.each(['read', 'rehearse'] as const)('of an older kuafu is brought up to date, to %s', async (access) => {
    await mkdir(join(folder.path, 'state', 'kuafu'), { recursive: true });
    await writeFile(file, '');
    const ledger = await openLedger(configured(), access);
    expect(await ledger.list({})).toEqual([]);
    await ledger.close();
    expect((await readFile(file)).length).toBeGreaterThan(0);
  });

  it('that may not be written is refused with its name', async () => {
    await (await openLedger(configured())).close();
    const database = await openSqlite(file, 100);
    await migrate(database, file);
    const ledger = new SqlLedger(database, sqliteClock);
    const library = new Libsql(file);
    library.close();
    await chmod(file, 0o400);
    await readOnly(database);
    await expect(ledger.open(planOf([]), currentOwner({}))).rejects.toThrow(/cannot be written/);
    await ledger.close();
  });

  it('that another process holds is waited for, then said', async () => {
    const ledger = await openLedger(configured(), 'write', 300);
    const library = new Libsql(file);
    library.exec('begin immediate');
    const refused = ledger.open(planOf([]), currentOwner({}));
    await expect(refused).rejects.toThrow(/busy for 0.3 s/);
    await expect(refused).rejects.toBeInstanceOf(FailedError);
    const patient = ledger.open(planOf([]), currentOwner({}));
    setTimeout(() => library.exec('rollback'), 120);
    await expect(patient).resolves.toMatch(/-/);
    library.close();
    await ledger.close();
  });
});

describe('a disk that is full', () => {
  it('refuses what has not begun, and fails what has', async () => {
    const folder = await scratchFolder();
    const database = await openSqlite(join(folder.path, 'l.db'), 100);
    await migrate(database, 'l.db');
    const ledger = new SqlLedger(database, sqliteClock);
    const id = await ledger.open(planOf([]), currentOwner({}));
    await fill(database);
    const large = planOf([], { locks: [], title: 'x'.repeat(100_000) });
    const error = await ledger.open(large, currentOwner({})).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LedgerUnusableError);
    expect(error).toMatchObject({ exitCode: ExitCode.refused, hint: expect.stringContaining('make room') });
    expect(String(error)).toMatch(/its disk is full; nothing was changed/);
    const event = started('h'.repeat(100_000), 'copy');
    await expect(ledger.append(id, event)).rejects.toMatchObject({ exitCode: ExitCode.failed });
    await ledger.close();
    await folder.remove();
  });
});

/** SQLite answers as for a full disk when the database may not grow. */
async function fill(database: Awaited<ReturnType<typeof openSqlite>>): Promise<void> {
  const { sql } = await import('kysely');
  await sql`pragma max_page_count = 1`.execute(database);
}

/** SQLite answers as it does for a file system that is mounted read-only, also to root. */
async function readOnly(database: Awaited<ReturnType<typeof openSqlite>>): Promise<void> {
  const { sql } = await import('kysely');
  await sql`pragma query_only = on`.execute(database);
}
