import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { quoteWord } from '../../src/lib/shell/quote.js';

const BIN = fileURLToPath(new URL('../../bin/kuafu.js', import.meta.url));

/** What somebody types once the screen shows a text for the first time since the last key; '' is before anything is shown. */
export type Typed = readonly [shown: string, keys: string];

export const KEYS = { enter: '\r', escape: '\x1b', ctrlC: '\x03', down: '\x1b[B' } as const;

export interface OnTerminal {
  /** Everything that came, escape sequences left out. */
  readonly screen: string;
  readonly code: number | null;
}

/** kuafu on a terminal of its own. */
export async function onTerminal(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  typed: readonly Typed[],
  columns = 120,
): Promise<OnTerminal> {
  const line = [process.execPath, BIN, ...words].map(quoteWord).join(' ');
  // -e: its exit code is that of the command (script(1)).
  const child = spawn('script', ['-qefc', `stty cols ${columns}; ${line}`, '/dev/null'], {
    env: { ...process.env, CI: '', NO_COLOR: '1', TERM: 'xterm', ...env },
    stdio: 'pipe',
  });
  let screen = '';
  let seen = 0;
  const left = [...typed];
  if (left[0]?.[0] === '') child.stdin.write(left.shift()?.[1] ?? '');
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    const [next] = left;
    if (next === undefined || !screen.slice(seen).includes(next[0])) return;
    left.shift();
    seen = screen.length;
    child.stdin.write(next[1]);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { screen: screen.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, ''), code };
}
