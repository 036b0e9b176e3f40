import { readFileSync } from 'node:fs';
import { clearLiveDisplay } from './output.js';

type Keys = { readonly take: () => void; readonly leave: () => void };

let current: Keys | undefined;
let asking = 0;

/**
 * Calls the listener at SIGUSR1 and, with `keyboard`, at any key on the terminal. The returned function gives the
 * terminal back as it was. Ctrl-C, Ctrl-\ and Ctrl-Z do what they always do.
 *
 * The terminal is taken only while we are its foreground job: a background job that changes its mode is stopped.
 * Node.js itself restores the mode when the process ends in another way than by SIGKILL.
 */
export function onQuestion(listener: () => void, keyboard: boolean): () => void {
  // Stays to the end: without a listener the signal would end the process, or open its debugger.
  if (!process.listeners('SIGUSR1').includes(ignore)) process.on('SIGUSR1', ignore);
  process.on('SIGUSR1', listener);
  // Behind a pipe there may be a pager, and the keys are its own.
  const isOurs = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const keys = keyboard && isOurs ? takeKeys(listener) : undefined;
  return () => {
    process.off('SIGUSR1', listener);
    keys?.();
  };
}

/** For a question on the terminal: keys belong to it, and nothing is drawn over it. */
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
    // Those end or stop us before we could give the terminal back.
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

/** What a terminal makes of keys, and no longer does once it hands them over one by one. */
const SIGNALS: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [0x03, 'SIGINT'],
  [0x1a, 'SIGTSTP'],
  [0x1c, 'SIGQUIT'],
]);

/** By proc(5): whether our process group (field 5) is the one that the terminal belongs to (field 8). */
function isForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    // Without proc(5) nobody tells; SIGUSR1 does there what a key would.
    return false;
  }
}
