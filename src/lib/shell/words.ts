/**
 * The words of a command line, split as a POSIX shell does, without any expansion (like Python's `shlex.split`, which Ansible
 * uses). A line end is a blank.
 *
 * @throws {Error} when a quote is not closed, or nothing follows a backslash
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < line.length) {
    const character = line[at] ?? '';
    if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
      continue;
    }
    const [text, end] = readPiece(line, at);
    word = (word ?? '') + text;
    at = end;
  }
  return word === undefined ? words : [...words, word];
}

/** One character, an escaped character, or quoted text; with the position after it. */
function readPiece(line: string, at: number): readonly [text: string, end: number] {
  const character = line[at] ?? '';
  if (character === '\\') {
    if (at + 1 >= line.length) throw new Error('nothing follows its last backslash');
    return [line[at + 1] ?? '', at + 2];
  }
  if (character !== '"' && character !== "'") return [character, at + 1];
  let text = '';
  for (let position = at + 1; position < line.length; position += 1) {
    const inside = line[position] ?? '';
    if (inside === character) return [text, position + 1];
    const isEscape = character === '"' && inside === '\\' && /["\\]/.test(line[position + 1] ?? '');
    if (isEscape) position += 1;
    text += isEscape ? (line[position] ?? '') : inside;
  }
  throw new Error('a quote in it is not closed');
}
