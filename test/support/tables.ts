import { readFileSync } from 'node:fs';

/** Rows of the table under a heading of a document: cells without their backticks. */
export function tableIn(document: string, heading: string): readonly (readonly string[])[] {
  const section =
    readFileSync(document, 'utf8')
      .split(/^#+ /m)
      .find((part) => part.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => row.split(' | ').map((cell) => cell.replaceAll(/^\||[`]|\|$/g, '').trim()));
}
