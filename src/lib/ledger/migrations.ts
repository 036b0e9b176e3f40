import type { Kysely, Migration } from 'kysely';

/**
 * All changes of the schema in order. A migration that was released is never edited: add one.
 * They run on every database, so they hold no type or clause that only one of them knows.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-operations': { up: createOperations },
};

async function createOperations(db: Kysely<unknown>): Promise<void> {
  await createOperationTables(db);
  await db.schema
    .createTable('locks')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('operation', 'text', (column) => column.notNull().references('operations.id'))
    .addColumn('since', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('locks_operation').on('locks').column('operation').execute();
  await db.schema
    .createTable('resources')
    .addColumn('host', 'text', (column) => column.primaryKey())
    .addColumn('room', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('app_group', 'text', (column) => column.notNull())
    .addColumn('operation', 'text', (column) => column.notNull().references('operations.id'))
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('since', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('resources_operation').on('resources').column('operation').execute();
  await db.schema
    .createTable('turns')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('taken', 'bigint', (column) => column.notNull())
    .execute();
  await (db as Kysely<{ turns: { id: number; taken: number } }>)
    .insertInto('turns')
    .values({ id: 1, taken: 0 })
    .execute();
}

async function createOperationTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('operations')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('app_group', 'text', (column) => column.notNull())
    .addColumn('room', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('closed', 'integer', (column) => column.notNull())
    .addColumn('operator', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('finished_at', 'text')
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('lease_until', 'bigint', (column) => column.notNull())
    .addColumn('event_count', 'integer', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('operations_started').on('operations').columns(['started_at', 'id']).execute();
  await db.schema
    .createTable('plans')
    .addColumn('operation', 'text', (column) => column.primaryKey().references('operations.id'))
    .addColumn('checksum', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('events')
    .addColumn('operation', 'text', (column) => column.notNull().references('operations.id'))
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('events_key', ['operation', 'seq'])
    .execute();
}
