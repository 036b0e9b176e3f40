/** Values by the names of their columns. */
export type Row = ReadonlyMap<string, string>;

const LINE = /^([a-z]+) (.*)$/s;

/**
 * The answer of a script with templates/database/ask.sh: its tables by name. A table without rows is empty.
 * @param wanted the tables of the answer; those without rows have a line, too
 * @returns undefined if the answer is not whole
 */
export function readTables<Name extends string>(
  stdout: string,
  wanted: readonly Name[],
): ((table: Name) => readonly Row[]) | undefined {
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
    else tables.get(table)?.push(rowOf(head, cells));
  }
  return wanted.every((table) => tables.has(table)) ? (table) => tables.get(table) ?? [] : undefined;
}

/** What the client printed for one statement; without rows it prints nothing. @returns undefined if it is no table */
export function tableOf(printed: string): readonly Row[] | undefined {
  if (printed === '') return [];
  const lines = printed.split('\n');
  if (lines.pop() !== '') return undefined;
  const [head = [], ...rows] = lines.map((line) => line.split('\t').map(unescaped));
  return rows.every((cells) => cells.length === head.length)
    ? rows.map((cells) => rowOf(head, cells))
    : undefined;
}

/** Names of variables and of status values; the server does not mind their case. */
export function valuesOf(rows: readonly Row[]): Map<string, string> {
  return new Map(rows.map((row) => [(row.get('Variable_name') ?? '').toLowerCase(), row.get('Value') ?? '']));
}

export function wholeNumber(text = ''): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function rowOf(head: readonly string[], cells: readonly string[]): Row {
  return new Map(head.map((column, index) => [column, cells[index] ?? '']));
}

const MEANING: Readonly<Record<string, string>> = { t: '\t', n: '\n', '0': '\0', '\\': '\\' };

/** As the client writes values in batch mode. */
function unescaped(cell: string): string {
  return cell.replace(/\\([tn0\\])/g, (_, letter: string) => MEANING[letter] ?? letter);
}
