import { type Kysely, Migrator } from 'kysely';
import { LedgerUnusableError } from './errors.js';
import { MIGRATIONS } from './migrations.js';
import type { Database } from './tables.js';

/**
 * Brings the schema up to date. Several processes may do it at once.
 * @param name the name of this ledger in messages: its file, or its address without a password
 * @throws LedgerUnusableError when a newer kuafu has changed the schema already
 */
export async function migrate(database: Database, name: string): Promise<void> {
  if (await isUpToDate(database, name)) return;
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** Whether every migration was made. Changes nothing; name and errors as for migrate(). */
export async function isUpToDate(database: Database, name: string): Promise<boolean> {
  const applied = await appliedMigrations(database);
  if (applied.some((migration) => !Object.hasOwn(MIGRATIONS, migration)))
    throw new LedgerUnusableError(
      `the ledger ${name} was written by a newer kuafu and is not touched by this one`,
      'run the newer kuafu on this machine too',
    );
  return applied.length === Object.keys(MIGRATIONS).length;
}

async function appliedMigrations(database: Database): Promise<readonly string[]> {
  const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  const bookkeeping = database as unknown as Kysely<{ kysely_migration: { name: string } }>;
  const rows = await bookkeeping.selectFrom('kysely_migration').select('name').execute();
  return rows.map((row) => row.name);
}
