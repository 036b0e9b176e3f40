import { readFile } from 'node:fs/promises';
import Libsql from 'libsql';
import { parse } from 'yaml';

/** Every row of the ledger of a configuration, a line each, as `TABLE ROW`: read past kuafu, in milliseconds. */
export async function ledgerText(config: string): Promise<string> {
  const file = String(parse(await readFile(config, 'utf8')).ledger).replace('sqlite:', '');
  const database = new Libsql(file, { readonly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all();
    return (tables as { name: string }[])
      .flatMap(({ name }) => {
        const rows = database.prepare(`SELECT * FROM "${name}"`).all();
        return rows.map((row) => `${name} ${JSON.stringify(row)}`).sort();
      })
      .join('\n');
  } finally {
    database.close();
  }
}
