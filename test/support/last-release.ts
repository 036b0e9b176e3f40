import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';

/** Ledgers that the last release has written; test/cases/ledger/README.md says how. */
export type LastLedger = 'scale-before-copy' | 'scale-in-copy' | 'scale-between-joins' | 'working-day';

/** The lab of those ledgers, as far as nobody is asked. */
const CONFIG = `
rooms:
  A: {network: 198.18.1.0/24, hosts: {lb-a: 198.18.1.10, 'web-a-[01-02]': '198.18.1.[11-12]'}}
  B:
    network: 198.18.2.0/24
    hosts: {lb-b: 198.18.2.10, 'web-b-[01-02]': '198.18.2.[11-12]'}
    spare: {'new-b-[01-05]': '198.18.2.[101-105]'}
apps:
  shop:
    service: shop.service
    files: [/opt/shop, /etc/systemd/system/shop.service]
    traffic: {haproxy: {A: lb-a, B: lb-b}, backend: shop, port: 8080}
    groups: {web: {A: 'web-a-[01-02]', B: 'web-b-[01-02]'}}
`;

/**
 * A copy of such a ledger in a folder, as it is brought up to date in place, and a configuration that has it.
 * @returns their paths
 */
export async function copyLastLedger(
  name: LastLedger,
  folder: string,
): Promise<{ file: string; config: string }> {
  const file = join(folder, 'ledger.db');
  await copyFile(fileURLToPath(new URL(`../cases/ledger/${name}.db`, import.meta.url)), file);
  await chmod(file, 0o600); // a checkout may be open to its group, and such a ledger is refused
  const config = join(folder, 'kuafu.config.yaml');
  await writeFile(config, `ledger: 'sqlite:${file}'${CONFIG}`);
  return { file, config };
}

/** The rows of a query, or what a change did, past all that our own code makes of a ledger. */
export function inLedger<Row>(file: string, sql: string, ...values: readonly string[]): readonly Row[] {
  const library = new Libsql(file);
  try {
    const statement = library.prepare(sql);
    if (statement.reader) return statement.all(...values) as Row[];
    statement.run(...values);
    return [];
  } finally {
    library.close();
  }
}
