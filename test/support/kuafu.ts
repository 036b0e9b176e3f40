import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/kuafu.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A kuafu process as a user, cron or CI starts it: the built binary, no terminal. */
export class Kuafu {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';

  constructor(words: readonly string[], env: Record<string, string> = {}) {
    this.process = spawn(process.execPath, [BIN, ...words], {
      env: { ...process.env, CI: '', NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout?.on('data', (chunk) => {
      this.#stdout += chunk;
    });
    this.process.stderr?.on('data', (chunk) => {
      this.#stderr += chunk;
    });
    this.ended = new Promise((resolve) =>
      this.process.on('close', (code, signal) =>
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr }),
      ),
    );
  }

  /** Resolves when stderr holds the text; rejects when the process ends first. */
  async says(text: string | RegExp): Promise<void> {
    const matches = () => (typeof text === 'string' ? this.#stderr.includes(text) : text.test(this.#stderr));
    while (!matches()) {
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`kuafu ended before it said ${text}:\n${this.#stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

export async function kuafu(words: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return await new Kuafu(words, env).ended;
}
