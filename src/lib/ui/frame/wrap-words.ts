import stringWidth from 'string-width';

/** Text behind a head such as `  on  `, broken into lines that begin under it; see wrapNames(). */
export function hang(head: string, text: string, columns: number): string {
  const indent = stringWidth(head);
  const isNarrow = columns - indent < LEAST_TEXT;
  const [first = '', ...rest] = wrapNames(text, columns - indent).slice(0, 1);
  const left = text.slice(first.length).trimStart();
  if (left === '') return `${head}${first}`;
  const under = isNarrow ? NARROW_INDENT : indent;
  const lines = wrapNames(left, columns - under).map((line) => ' '.repeat(under) + line);
  return [`${head}${first}`, ...rest, ...lines].join('\n');
}

/** Under this a column of text is no longer read, and so it begins at the left. */
const LEAST_TEXT = 20;
const NARROW_INDENT = 4;

/** Broken at spaces and, between names, after commas: no name is taken apart that fits a line. */
export function wrapNames(text: string, columns: number): string[] {
  const width = Math.max(columns, 1);
  const lines: string[] = [];
  let line = '';
  for (const piece of piecesOf(text)) {
    if (line !== '' && stringWidth((line + piece).trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
    while (stringWidth(line.trimEnd()) > width) {
      const part = headOf(line, width);
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  return [...lines, ...(line.trim() === '' ? [] : [line.trimEnd()])];
}

/** What wrapNames() takes apart only where it is wider than a line. */
export function namesIn(text: string): string[] {
  return piecesOf(text).map((piece) => piece.trimEnd());
}

function piecesOf(text: string): string[] {
  return text.split(/(?<=\s)|(?<=,)(?![^[]*\])/);
}

/** As much as fits; one character at least. */
function headOf(line: string, width: number): string {
  let head = '';
  for (const character of line) {
    if (head !== '' && stringWidth(head + character) > width) break;
    head += character;
  }
  return head;
}
