import stringWidth from 'string-width';

/**
 * Sentences broken at spaces; a line keeps its indent, a longer word (a path, a command's argument) stays whole. For
 * text without escape sequences: every command loads this for its errors, and wrap-ansi takes a fifth of its start.
 */
export function wrapWords(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return text;
  return text
    .split('\n')
    .map((line) => {
      const [indent = ''] = /^ */.exec(line) ?? [];
      return wrapLine(line.slice(indent.length), Math.max(columns - indent.length, 1))
        .map((part) => indent + part)
        .join('\n');
    })
    .join('\n');
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current === '' || stringWidth(longer) <= width) current = longer;
    else {
      lines.push(current.trimEnd());
      current = word;
    }
  }
  return [...lines, current.trimEnd()];
}
