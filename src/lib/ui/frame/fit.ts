import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** One line cut to a number of terminal columns, with an ellipsis where something is missing. */
export function fitLine(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  if (columns <= 1) return '…'.slice(0, Math.max(columns, 0));
  const [head = ''] = wrapAnsi(text, columns - 1, { hard: true, wordWrap: false, trim: false }).split('\n');
  return `${head}…`;
}

/** Text broken into lines of at most so many columns, at spaces where it can be. */
export function wrapLine(text: string, columns: number): string {
  return wrapAnsi(text, Math.max(columns, 1), { hard: true });
}

/** Text filled up with spaces to a number of columns. */
export function padLine(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}
