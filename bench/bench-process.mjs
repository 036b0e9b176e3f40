// The processes of a benchmark, and how they end when somebody presses Ctrl-C.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const END_MS = 10_000;

class Interrupted extends Error {}

export class Processes {
  isInterrupted = false;
  #isGoingDown = false;
  #children = new Set();

  /** Runs Node.js with these words, in a process group of its own, so that Ctrl-C reaches it by way of us alone. */
  async run(words, env = {}) {
    this.expectGoingOn();
    const child = spawn(process.execPath, words, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    this.#children.add(child);
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].on('data', (chunk) => {
        said[name] += chunk;
      });
    const code = await new Promise((resolve) => child.once('close', resolve));
    this.#children.delete(child);
    this.expectGoingOn();
    return { code, ...said };
  }

  expectGoingOn() {
    if (this.isInterrupted && !this.#isGoingDown) throw new Interrupted();
  }

  /** Ends what runs; whoever waits for it, or starts something, then fails. */
  interrupt() {
    if (this.isInterrupted || this.#isGoingDown) return;
    this.isInterrupted = true;
    for (const { pid } of this.#children) endGroup(pid);
  }

  /** From now on nothing is interrupted: what runs is the taking down. */
  goDown() {
    this.#isGoingDown = true;
  }
}

/** @param words more about what went wrong, asked for only then */
export function expectDone(ended, words = () => '') {
  if (ended.code === 0) return ended;
  throw new Error(`ended with ${ended.code}: ${ended.stderr.slice(-2000)}\n${words()}`);
}

function endGroup(pid) {
  const kill = (signal) => {
    try {
      process.kill(-pid, signal);
    } catch {
      // It is over.
    }
  };
  kill('SIGINT');
  sleep(END_MS, undefined, { ref: false }).then(() => kill('SIGKILL'));
}
