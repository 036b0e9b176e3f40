/** A line with an option: its keyword in lower case, and the rest of the line. */
export interface Directive {
  readonly keyword: string;
  readonly rest: string;
}

/**
 * Takes the keyword off a line; a blank or one `=` follows it, and it may be quoted. As in readconf.c of OpenSSH, a form
 * feed counts as a blank only at the end of a line.
 *
 * @returns undefined for a line that is empty or a comment
 */
export function splitKeyword(line: string): Directive | undefined {
  const text = line.replace(/(?<![ \t\r\n\f])[ \t\r\n\f]+$/, '').replace(/^[ \t]+/, '');
  if (text === '' || text.startsWith('#')) return undefined;
  const [keyword, rest] = nextDelimited(text) ?? ['', ''];
  return { keyword: keyword.toLowerCase(), rest: rest.replace(/^[ \t\r]+/, '') };
}

/**
 * The words of a line. `"` or `'` quote, also inside a word; `\"`, `\'`, `\\` and, outside of quotes, `\ ` are the character
 * itself. A `#` at the beginning of a word starts a comment; inside a word it is a character.
 *
 * @returns undefined if a quote is not closed
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (isBlank(text[at])) at++;
    if (at >= text.length || text[at] === '#') return words;
    const read = readWord(text, at);
    if (read === undefined) return undefined;
    words.push(read.word);
    at = read.end;
  }
}

function readWord(text: string, start: number): { word: string; end: number } | undefined {
  let word = '';
  let quote = '';
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    const next = text[at + 1] ?? '';
    if (char === '\\' && isEscaped(next, quote)) {
      word += next;
      at++;
    } else if (quote === '' && isBlank(char)) break;
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
    else word += char;
  }
  return quote === '' ? { word, end: at } : undefined;
}

function isEscaped(char: string, quote: string): boolean {
  return char === "'" || char === '"' || char === '\\' || (quote === '' && char === ' ');
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}

/**
 * One word of a Match line, and the rest of the line. A word ends at a blank, a quote or one `=`, so `host=web*` is two
 * words. Only `"` quotes, and there are no escapes.
 *
 * @returns undefined at the end, and if a quote is not closed
 */
export function nextDelimited(text: string): [word: string, rest: string] | undefined {
  if (text === '') return undefined;
  const end = text.search(/[ \t\r\n"=]/);
  if (end === -1) return [text, ''];
  const before = text.slice(0, end);
  if (text[end] === '"') {
    const close = text.indexOf('"', end + 1);
    if (close === -1) return undefined;
    return [before + text.slice(end + 1, close), text.slice(close + 1).replace(/^[ \t\r\n]+/, '')];
  }
  const rest = text.slice(end + 1).replace(/^[ \t\r\n]+/, '');
  return [before, text[end] === '=' ? rest : rest.replace(/^=[ \t\r\n]*/, '')];
}
