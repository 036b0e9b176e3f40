import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** One line cut to a number of terminal columns, at a word if possible, with an ellipsis if something is missing. */
export function fitLine(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  if (columns <= 1) return '…'.slice(0, Math.max(columns, 0));
  let left = columns - 1;
  let head = '';
  for (const part of text.split(COLOUR)) {
    // Escape sequences after the cut stay too: they close what is open before it.
    if (part.startsWith('\x1b')) head += part;
    else if (left > 0) {
      const fitting = wholeWords(headOf(part, left), part);
      head += fitting;
      left = fitting.length < part.length ? 0 : left - stringWidth(fitting);
    }
  }
  return `${head}…`;
}

/** A head of a text without the word that it cuts in two. Much of a long one, such as a node set, says more than nothing. */
function wholeWords(head: string, text: string): string {
  if (head.length === text.length || text[head.length] === ' ') return head;
  const words = head.slice(0, head.lastIndexOf(' ') + 1);
  const isLong = head.length - words.length > Math.min(LONG_WORD, words.length);
  return isLong ? head : words;
}

const LONG_WORD = 12;

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const COLOUR = /(\x1b\[[\d;]*m)/;
// ASCII, and the characters that kuafu draws with: blocks, spinners and marks.
const OF_ONE_COLUMN_EACH = /^[ -~\u2580-\u259f\u2800-\u28ff…✓✗]*$/;
const characters = new Intl.Segmenter();

/** As much of a text without colours as fits in this many columns. */
function headOf(text: string, columns: number): string {
  const head = text.slice(0, columns);
  if (OF_ONE_COLUMN_EACH.test(head)) return head;
  let end = 0;
  let width = 0;
  for (const { segment, index } of characters.segment(text)) {
    width += stringWidth(segment);
    if (width > columns) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

/** Text broken into lines of at most this many columns, at spaces if possible. */
export function wrapLine(text: string, columns: number): string {
  return wrapAnsi(text, Math.max(columns, 1), { hard: true });
}

/** Text padded with spaces to a number of columns. */
export function padLine(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}
