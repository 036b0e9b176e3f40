import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  sql,
} from 'kysely';
import type Libsql from 'libsql';
import type { LedgerClock } from './clock.js';
import { copyToMemory } from './memory-copy.js';
import { readRows } from './rows.js';
import { requireSound } from './soundness.js';
import { BUSY_TIMEOUT_MS, connect, connectToRead, explained, NOW_MS, patiently } from './sqlite-file.js';
import type { Database, Tables } from './tables.js';

/**
 * The ledger in one SQLite file. With sqlite-file.ts, the only place that knows SQLite: how to open it, how to wait for other
 * processes, and what its errors mean.
 *
 * @param patienceMs how long a write waits for other processes
 * @throws LedgerUnusableError when the file is no ledger or cannot be opened
 */
export async function openSqlite(file: string, patienceMs: number): Promise<Database> {
  const library = connect(file, file);
  try {
    // Setting WAL fails at once, whatever the timeout, while another process sets it. The default of `synchronous` in WAL mode
    // would lose the last transactions when power fails.
    const settings = `
      PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;`;
    await patiently(file, patienceMs, () => library.exec(settings));
    await patiently(file, patienceMs, () => requireSound(file, library));
  } catch (error) {
    library.close();
    throw explained(file, error);
  }
  return new Kysely<Tables>({ dialect: new PatientSqlite({ library, file, patienceMs }) });
}

/**
 * The same, only to read.
 * @throws LedgerUnusableError when the file is no ledger or cannot be read
 */
export async function openSqliteToRead(file: string, patienceMs: number): Promise<Database> {
  const library = await connectToRead(file, patienceMs);
  return new Kysely<Tables>({ dialect: new PatientSqlite({ library, file, patienceMs }) });
}

/**
 * A copy in memory, to read and write; the file stays as it is.
 * @throws LedgerUnusableError when the file is no ledger or cannot be read
 */
export async function openSqliteCopy(file: string, patienceMs: number): Promise<Database> {
  const library = await copyToMemory(file, patienceMs);
  return new Kysely<Tables>({ dialect: new PatientSqlite({ library, file, patienceMs }) });
}

export const sqliteClock: LedgerClock = async (db) => {
  const { rows } = await sql<{ now: number }>`select ${sql.raw(NOW_MS)} as now`.execute(db);
  return new Date(Number(rows[0]?.now));
};

interface OpenFile {
  readonly library: Libsql.Database;
  readonly file: string;
  readonly patienceMs: number;
}

class PatientSqlite extends SqliteDialect {
  readonly #opened: OpenFile;

  constructor(opened: OpenFile) {
    super({ database: opened.library });
    this.#opened = opened;
  }

  override createDriver(): SqliteDriver {
    return new PatientDriver(this.#opened);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/** SQLite can create tables in a transaction. So migrations run in one, and two processes cannot both make them. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class PatientDriver extends SqliteDriver {
  readonly #opened: OpenFile;

  constructor(opened: OpenFile) {
    super({ database: opened.library });
    this.#opened = opened;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return new PatientConnection(await super.acquireConnection(), this.#opened);
  }

  override async beginTransaction(): Promise<void> {
    await begin(this.#opened);
  }

  /** When the disk is full or broken, SQLite has rolled back already. */
  override async rollbackTransaction(): Promise<void> {
    if (this.#opened.library.inTransaction) this.#opened.library.exec('rollback');
  }
}

/**
 * The write lock is taken at the start: a transaction that reads first may fail when it begins to write. exec() is used because a
 * prepared statement that was busy stays open until garbage collection, and until then no commit succeeds.
 */
async function begin({ library, file, patienceMs }: OpenFile): Promise<void> {
  try {
    await patiently(file, patienceMs, () => library.exec('begin immediate'));
  } catch (error) {
    throw explained(file, error);
  }
}

class PatientConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection;
  readonly #opened: OpenFile;

  constructor(inner: DatabaseConnection, opened: OpenFile) {
    this.#inner = inner;
    this.#opened = opened;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { library, file, patienceMs } = this.#opened;
    try {
      if (/^\s*select\b/i.test(query.sql)) {
        const read = () => ({ rows: readRows(file, library, query.sql, query.parameters) as R[] });
        return library.inTransaction ? read() : await patiently(file, patienceMs, read);
      }
      return await (library.inTransaction ? this.#inner.executeQuery<R>(query) : this.#alone<R>(query));
    } catch (error) {
      throw explained(file, error);
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<R>> {
    return this.#inner.streamQuery<R>(query, chunkSize);
  }

  /** A statement outside a transaction gets its own, so that it waits as all others do. */
  async #alone<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    await begin(this.#opened);
    try {
      const result = await this.#inner.executeQuery<R>(query);
      this.#opened.library.exec('commit');
      return result;
    } catch (error) {
      if (this.#opened.library.inTransaction) this.#opened.library.exec('rollback');
      throw error;
    }
  }
}
