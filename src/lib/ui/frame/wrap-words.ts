import stringWidth from 'string-width';

/** Text after a head such as `  on  `, broken into lines that are aligned after it; see wrapNames(). */
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

/** A column of text that is narrower cannot be read, so the text begins at the left. */
const LEAST_TEXT = 20;
const NARROW_INDENT = 4;

/** Breaks at spaces and, between names, after commas: a name that fits a line is never broken. */
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

/** The parts that wrapNames() breaks only if they are wider than a line. */
export function namesIn(text: string): string[] {
  return piecesOf(text).map((piece) => piece.trimEnd());
}

function piecesOf(text: string): string[] {
  return text.split(/(?<=\s)|(?<=,)(?![^[]*\])/);
}

/** As much as fits, but at least one character. */
function headOf(line: string, width: number): string {
  let head = '';
  for (const character of line) {
    if (head !== '' && stringWidth(head + character) > width) break;
    head += character;
  }
  return head;
}
