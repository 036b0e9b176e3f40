import type Libsql from 'libsql';
import { readRows } from './rows.js';
import { addressToRead, connect, explained, IN_MEMORY, patiently } from './sqlite-file.js';

/**
 * A copy of a ledger in the memory of this process, which may be changed: the file is not, and needs only the permission to read.
 * @throws LedgerUnusableError when the file is no database or cannot be read
 */
export async function copyToMemory(file: string, patienceMs: number): Promise<Libsql.Database> {
  const address = await addressToRead(file, patienceMs);
  const library = connect(file, IN_MEMORY);
  try {
    library.exec(`attach '${address.replaceAll("'", "''")}' as stored`);
    await patiently(file, patienceMs, () => copyTables(file, library));
    library.exec('detach stored; pragma foreign_keys = on');
    return library;
  } catch (error) {
    library.close();
    throw explained(file, error);
  }
}

/** In one transaction, so that all of it is of one moment. Indexes come after the tables that they are of. */
function copyTables(file: string, library: Libsql.Database): void {
  library.exec('begin');
  try {
    const made = `select type, name, sql from stored.sqlite_schema
      where sql is not null and name not like 'sqlite\\_%' escape '\\' order by type = 'table' desc`;
    for (const { type, name, sql } of readRows(file, library, made) as {
      type: string;
      name: string;
      sql: string;
    }[]) {
      library.exec(sql);
      const table = `"${name.replaceAll('"', '""')}"`;
      if (type === 'table') library.exec(`insert into main.${table} select * from stored.${table}`);
    }
    library.exec('commit');
  } catch (error) {
    if (library.inTransaction) library.exec('rollback');
    throw error;
  }
}
