/** Values by the names of their columns. */
export type Row = ReadonlyMap<string, string>;

const LINE = /^([a-z]+) (.*)$/s;

/** The tables of each answer; those without rows have a line, too. */
const TABLES = ['variables', 'status', 'replication', 'clients'];

/**
 * The answer of templates/database/mariadb-look.sh: its tables by name. A table without rows is empty.
 * @returns undefined if the answer is not whole
 */
export function readTables(stdout: string): ReadonlyMap<string, readonly Row[]> | undefined {
  const lines = stdout.split('\n');
  if (lines.pop() !== '' || lines.pop() !== 'end') return undefined;
  const heads = new Map<string, readonly string[]>();
  const tables = new Map<string, Row[]>();
  for (const line of lines) {
    const [, table, text] = LINE.exec(line) ?? [];
    if (table === undefined || text === undefined) return undefined;
    const cells = text.split('\t').map(unescaped);
    const head = heads.get(table);
    if (head === undefined) {
      heads.set(table, cells);
      tables.set(table, []);
    } else if (cells.length !== head.length) return undefined;
    else tables.get(table)?.push(new Map(head.map((column, index) => [column, cells[index] ?? ''])));
  }
  return TABLES.every((table) => tables.has(table)) ? tables : undefined;
}

const MEANING: Readonly<Record<string, string>> = { t: '\t', n: '\n', '0': '\0', '\\': '\\' };

/** As the client writes values in batch mode. */
function unescaped(cell: string): string {
  return cell.replace(/\\([tn0\\])/g, (_, letter: string) => MEANING[letter] ?? letter);
}
