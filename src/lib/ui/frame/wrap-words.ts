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
    // The next piece begins a new line in any case.
    if (piece.trim() === '' && line.length > width) continue;
    if (line !== '' && isWider(line + piece, width)) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
    while (isWider(line, width)) {
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

/** Each ends behind a blank, or behind a comma that is in no brackets. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let begin = 0;
  let isRange = false;
  const closed = text.lastIndexOf(']');
  for (const { index, 0: found } of text.matchAll(/[\s,[\]]/g)) {
    if (found === '[') isRange = index < closed;
    else if (found === ']') isRange = false;
    else if (found !== ',' || !isRange) {
      pieces.push(text.slice(begin, index + 1));
      begin = index + 1;
    }
  }
  return begin < text.length || pieces.length === 0 ? [...pieces, text.slice(begin)] : pieces;
}

/** Text of a host may have any number of characters that take no room. */
const MOST_PER_COLUMN = 4;

function isWider(line: string, width: number): boolean {
  const begin = line.slice(0, MOST_PER_COLUMN * width + 1);
  return stringWidth(begin.trimEnd()) > width || line.trimEnd().length > MOST_PER_COLUMN * width;
}

/** As much as fits, but at least one character. */
function headOf(line: string, width: number): string {
  let head = '';
  let columns = 0;
  for (const character of line) {
    columns += stringWidth(character);
    if (head !== '' && (columns > width || head.length >= MOST_PER_COLUMN * width)) break;
    head += character;
  }
  return head;
}
