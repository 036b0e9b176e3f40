/**
 * Breaks sentences at spaces. A line keeps its indent, and a longer word (a path, a command's argument) stays whole. Every
 * command loads this for its messages, so it uses no package to measure the width of characters.
 */
export function breakSentences(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return text;
  return text
    .split('\n')
    .map((line) => (roughWidth(line) <= columns ? line : breakLine(line, columns)))
    .join('\n');
}

function breakLine(line: string, columns: number): string {
  const [indent = ''] = /^ */.exec(line) ?? [];
  const width = Math.max(columns - indent.length, 1);
  const lines: string[] = [];
  let current = '';
  let taken = 0;
  for (const word of line.slice(indent.length).split(' ')) {
    const wide = roughWidth(word);
    if (current === '') [current, taken] = [word, wide];
    else if (taken + 1 + wide <= width) [current, taken] = [`${current} ${word}`, taken + 1 + wide];
    else {
      lines.push(current.trimEnd());
      [current, taken] = [word, wide];
    }
  }
  return [...lines, current.trimEnd()].map((part) => indent + part).join('\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const COLOUR = /\x1b\[[\d;]*m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII, of which all is one column wide
const ASCII = /^[\x00-\x7f]*$/;
const OF_NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;
/**
 * Blocks of characters that East Asian terminals draw on two columns, and of those that are drawn as pictures by default.
 */
const OF_TWO =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Right for most texts; a line may end a word early or late. */
function roughWidth(text: string): number {
  const plain = text.replaceAll(COLOUR, '');
  if (ASCII.test(plain)) return plain.length;
  let width = 0;
  for (const character of plain) if (!OF_NO_WIDTH.test(character)) width += OF_TWO.test(character) ? 2 : 1;
  return width;
}
