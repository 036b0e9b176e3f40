const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const COMMA = 44;
const BRACE = 123;
const BRACKET = 91;
const CLOSE_BRACE = 125;
const CLOSE_BRACKET = 93;

/**
 * Calls `visit` for each member of an object, until it is told to stop. The arguments are the begin and end of the name as
 * written, and the begin of the value. Nested members are skipped. The text may end anywhere, because long lines are cut.
 *
 * @param visit returns true when no more members are wanted
 */
export function eachMember(
  text: string,
  visit: (nameAt: number, nameEnd: number, valueAt: number) => boolean,
): void {
  let at = 1;
  for (;;) {
    const open = wordAt(text, at);
    const close = text.charCodeAt(open) === QUOTE ? endOfString(text, open) : -1;
    const colon = close === -1 ? -1 : wordAt(text, close + 1);
    if (text.charCodeAt(colon) !== COLON) return;
    const value = wordAt(text, colon + 1);
    if (visit(open + 1, close, value)) return;
    const end = endOfValue(text, value);
    const comma = end === -1 ? -1 : wordAt(text, end);
    if (text.charCodeAt(comma) !== COMMA) return;
    at = comma + 1;
  }
}

/** The position after any blanks. */
function wordAt(text: string, from: number): number {
  let at = from;
  for (
    let code = text.charCodeAt(at);
    code === 32 || (code >= 9 && code <= 13);
    code = text.charCodeAt(++at)
  );
  return at;
}

/** The position of the closing quotation mark; -1: there is none. */
function endOfString(text: string, open: number): number {
  let end = text.indexOf('"', open + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charCodeAt(before - 1) === BACKSLASH) before--;
  return (at - before) % 2 === 1;
}

/** The position after a value; -1: the value has no end. */
function endOfValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) {
    const close = endOfString(text, at);
    return close === -1 ? -1 : close + 1;
  }
  if (first === BRACE || first === BRACKET) return endOfNested(text, at);
  let end = at;
  for (
    let code = first;
    code === 43 || code === 45 || code === 46 || isWordCode(code);
    code = text.charCodeAt(++end)
  );
  return end;
}

function isWordCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function endOfNested(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (at === -1) return -1;
    } else if (code === BRACE || code === BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}
