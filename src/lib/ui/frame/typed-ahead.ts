/** Nobody reads a question and answers it in this time. A key that is held down repeats faster. */
const QUIET_MS = 50;
const CTRL_C = 0x03;

/**
 * Reads and forgets what was typed on the terminal until now, and goes on while more comes: a second Enter, a paste. To be
 * called right before a question: nobody has answered it before it is shown.
 *
 * @returns false at a Ctrl-C, which is to be obeyed at once
 */
export function dropTyped(): Promise<boolean> {
  const { stdin } = process;
  return new Promise((resolve) => {
    let isQuiet = true;
    const onData = (data: Buffer) => {
      if (data.includes(CTRL_C)) return end(false);
      isQuiet = false;
    };
    // After a busy time the timer is called before the terminal is read; the immediate is called after that.
    const timer = setTimeout(() => setImmediate(onTime), QUIET_MS);
    const onTime = () => {
      if (isQuiet) return end(true);
      isQuiet = true;
      timer.refresh();
    };
    const end = (go: boolean) => {
      clearTimeout(timer);
      stdin.off('data', onData).pause();
      stdin.setRawMode(false);
      resolve(go);
    };
    // In its usual mode a terminal keeps a line back until Enter.
    stdin.setRawMode(true);
    stdin.on('data', onData).resume();
  });
}
