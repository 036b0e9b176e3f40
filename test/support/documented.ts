import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command line that a document tells to type. */
export interface Documented {
  /** `README.md:70`; as it stands in names of tests. */
  readonly at: string;
  /** From `kuafu` on, without what a comment says. */
  readonly line: string;
  /** Lines below it that stand for what it prints; none where the document shows no output. */
  readonly prints: readonly string[];
  /** On a line of its own in a block, and not in the middle of a sentence. */
  readonly isBlock: boolean;
}

export const PAGES = ['README.md', ...readdirSync('docs').map((name) => join('docs', name))];

/** All of a page, in order. */
export function documentedIn(page: string): Documented[] {
  const found: Documented[] = [];
  let block: string | undefined;
  let isListening = false;
  readFileSync(page, 'utf8')
    .split('\n')
    .forEach((text, index) => {
      const at = `${page}:${index + 1}`;
      const fence = /^\s*```(\w*)/.exec(text);
      if (fence !== null) {
        block = block === undefined ? (fence[1] ?? '') : undefined;
        isListening = false;
      } else if (block === undefined) found.push(...spansOf(text, at));
      else {
        const typed = typedIn(text);
        const previous = found.at(-1);
        if (typed !== undefined) {
          found.push({ at, line: typed, prints: [], isBlock: true });
          // Output is told from the next thing to type by the prompt.
          isListening = text.startsWith('$ ');
        } else if (text === '') isListening = false;
        else if (isListening && previous !== undefined)
          found[found.length - 1] = { ...previous, prints: [...previous.prints, text] };
      }
    });
  return found;
}

/** `$ kuafu …`, `kuafu …`, a line of a crontab, or a step of a CI job. */
function typedIn(text: string): string | undefined {
  const [, line] = /^(?:\$ |\s*- run: |(?:[\d*/,-]+\s+){5})?(kuafu .*)$/.exec(text) ?? [];
  return line?.replace(/\s+#.*$/, '');
}

/** In a sentence or a table: `kuafu ops list`; alternatives stand as `kuafu ops list \| show`. */
function spansOf(text: string, at: string): Documented[] {
  const spans = [...text.matchAll(/`(kuafu [^`]+)`/g)].map(([, span = '']) => span);
  return spans
    .flatMap((span) => alternatives(span))
    .map((line) => ({ at, line, prints: [], isBlock: false }));
}

function alternatives(span: string): string[] {
  const [first = '', ...others] = span.split(/\s*\\\|\s*/);
  const before = first.replace(/\S+$/, '');
  return [first, ...others.map((other) => `${before}${other}`)];
}

/** The words of a line up to a pipe, a redirection or the next command, as a shell takes them apart. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [whole] of line.matchAll(/[|<>;]|&&|(?:'[^']*'|"[^"]*"|[^\s'"|<>;])+/g)) {
    if (/^(?:[|<>;]|&&)$/.test(whole)) break;
    words.push(whole.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double));
  }
  return words;
}

/**
 * A line of output without what is different each time: numbers, times, ids, hosts and sets of them, addresses, places in
 * files. Of a bar only that it is there, and nothing behind it, and no mark of how far a step is: they change while one looks.
 */
export function shapeOf(line: string): string {
  return line
    .replace(/(?<=[▓░])[▓░]*.*/, '')
    .replace(/[▓░]/g, '▓')
    .replace(/^\s*[✓✗!\u2800-\u28ff] /, '')
    .split(/\s+/)
    .map((word) =>
      word
        .replace(/^(?:(?:web|new|lb|gw)-[ab][^:]*)(:?)$/, 'HOSTS$1')
        .replace(/\d{6}-[a-z0-9]{4}/, 'ID')
        .replace(/^\(?(?:[\w-]+@)?\d+(?:\.\d+){3}\)?$/, '')
        .replace(/^\S*[/~.]\S*:\d+$|^[/~]\S+$/, '')
        .replace(/\d+(?:\.\d+)?/g, '#'),
    )
    .filter((word) => word !== '' && word !== '…')
    .join(' ')
    .replace(/^HOSTS (?=[a-z])/, '');
}
