import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built program. */
export const BIN = fileURLToPath(new URL('../../bin/kuafu.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a run ended, as the reason of an expectation that fails: the end of what it said. */
export function saidBy({ code, signal, stdout, stderr }: Ended): string {
  return `kuafu ended with ${code ?? signal}:\n${stderr.slice(-4000)}\n${stdout.slice(-1000)}`;
}

/** A kuafu process as a user, cron or CI starts it: the built binary, no terminal. */
export class Kuafu {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';
  /** Line ends on stdout so far. */
  linesOut = 0;

  /** @param stdin what its standard input is: nothing, or a pipe that the test holds */
  constructor(
    words: readonly string[],
    env: Record<string, string> = {},
    stdin: 'ignore' | 'pipe' | number = 'ignore',
  ) {
    this.process = spawn(process.execPath, [BIN, ...words], {
      env: { ...process.env, CI: '', NO_COLOR: '1', ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    this.process.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stdout += chunk;
      for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', at + 1)) this.linesOut++;
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
    await this.#until(text, () => this.#stderr);
  }

  /** The same for stdout. */
  async prints(text: RegExp): Promise<void> {
    await this.#until(text, () => this.#stdout);
  }

  async #until(text: string | RegExp, output: () => string): Promise<void> {
    const matches = () => (typeof text === 'string' ? output().includes(text) : text.test(output()));
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
