import { readFileSync } from 'node:fs';
import { clearLiveDisplay } from './output.js';

type Keys = { readonly take: () => void; readonly leave: () => void };

let current: Keys | undefined;
let asking = 0;

/**
 * Calls the listener at SIGUSR1 and, with `keyboard`, at any key on the terminal. The returned function restores the
 * terminal. Ctrl-C, Ctrl-\ and Ctrl-Z work as always.
 *
 * The terminal is taken only while we are its foreground job: a background job that changes its mode is stopped. Node.js
 * itself restores the mode when the process ends, except after SIGKILL.
 */
export function onQuestion(listener: () => void, keyboard: boolean): () => void {
  // This listener stays to the end: without one the signal would end the process, or open its debugger.
  if (!process.listeners('SIGUSR1').includes(ignore)) process.on('SIGUSR1', ignore);
  process.on('SIGUSR1', listener);
  // After a pipe there may be a pager, and the keys belong to it.
  const isOurs = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const keys = keyboard && isOurs ? takeKeys(listener) : undefined;
  return () => {
    process.off('SIGUSR1', listener);
    keys?.();
  };
}

/** For a question on the terminal: keys go to the question, and nothing is drawn over it. */
export async function whileAsking<T>(question: () => Promise<T>): Promise<T> {
  asking += 1;
  clearLiveDisplay();
  current?.leave();
  try {
    return await question();
  } finally {
    asking -= 1;
    if (asking === 0) current?.take();
  }
}

export function isAsking(): boolean {
  return asking > 0;
}

function ignore(): void {}

function takeKeys(listener: () => void): () => void {
  const { stdin } = process;
  let isTaken = false;
  const onData = (data: Buffer) => {
    const signal = SIGNALS.get(data[0] ?? 0);
    if (signal === undefined) return listener();
    // These signals end or stop us before we could restore the terminal.
    if (signal !== 'SIGINT') keys.leave();
    process.kill(process.pid, signal);
  };
  const keys: Keys = {
    take: () => {
      if (isTaken || !isForeground()) return;
      isTaken = true;
      stdin.setRawMode(true);
      stdin.on('data', onData).resume();
    },
    leave: () => {
      if (!isTaken) return;
      isTaken = false;
      stdin.off('data', onData).pause();
      stdin.setRawMode(false);
    },
  };
  const onContinue = () => keys.take();
  process.on('SIGCONT', onContinue);
  current = keys;
  keys.take();
  return () => {
    process.off('SIGCONT', onContinue);
    current = undefined;
    keys.leave();
  };
}

/** Signals that a terminal makes from keys; in raw mode kuafu must send them itself. */
const SIGNALS: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [0x03, 'SIGINT'],
  [0x1a, 'SIGTSTP'],
  [0x1c, 'SIGQUIT'],
]);

/** From proc(5): whether our process group (field 5) is the foreground group of the terminal (field 8). */
function isForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    // Without proc(5) it is not known; SIGUSR1 then does what a key would do.
    return false;
  }
}
