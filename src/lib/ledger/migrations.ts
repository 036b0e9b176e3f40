import type { Kysely, Migration } from 'kysely';
import { enterHosts, enterLaunches, enterUndone, tallyOperations } from './backfill.js';
import type { Tables } from './tables.js';

/**
 * All changes of the schema in order. A released migration is never edited: add a new one. Migrations run on every database, so
 * they use no type or clause that only one of them knows.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-operations': { up: createOperations },
  '002-back-office': { up: addBackOffice },
  '003-kept-out': { up: addKeptOut },
  '004-undone': { up: addUndone },
  '005-signals': { up: addSignals },
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

/** Columns for the filters of lists, for statistics and for reservations by hand; earlier operations get their values. */
async function addBackOffice(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('operations')
    .addColumn('launched', 'text', (column) => column.notNull().defaultTo('other'))
    .execute();
  await db.schema
    .alterTable('operations')
    .addColumn('resumed', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createTable('operation_hosts')
    .addColumn('operation', 'text', (column) => column.notNull().references('operations.id'))
    .addColumn('host', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('operation_hosts_key', ['host', 'operation'])
    .execute();
  await db.schema
    .createTable('digests')
    .addColumn('operation', 'text', (column) => column.primaryKey().references('operations.id'))
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  await createReservations(db);
  const tables = db as Kysely<Tables>;
  await enterLaunches(tables);
  await enterHosts(tables);
  await tallyOperations(tables);
}

async function createReservations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('reservations')
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('room', 'text', (column) => column.notNull())
    .addColumn('operator', 'text', (column) => column.notNull())
    .addColumn('note', 'text', (column) => column.notNull())
    .addColumn('since', 'text', (column) => column.notNull())
    .addColumn('until', 'text', (column) => column.notNull())
    .addColumn('released_by', 'text', (column) => column.notNull())
    .addColumn('released_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('reservations_host').on('reservations').column('host').execute();
}

/** Hosts that an operator keeps out of traffic. */
async function addKeptOut(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('kept_out')
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('operation', 'text', (column) => column.notNull().references('operations.id'))
    .addColumn('since', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('kept_out_key', ['host', 'app'])
    .execute();
}

/** Which operation undid an expansion, so that a list need not read plans. */
async function addUndone(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('operations')
    .addColumn('undone_by', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await enterUndone(db as Kysely<Tables>);
}

/** Requests of any operator to the process that runs an operation; only that process writes its events. */
async function addSignals(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('signals')
    .addColumn('operation', 'text', (column) => column.notNull().references('operations.id'))
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('word', 'text', (column) => column.notNull())
    .addColumn('about', 'text', (column) => column.notNull())
    .addColumn('operator', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('signals_key', ['operation', 'seq'])
    .execute();
}
