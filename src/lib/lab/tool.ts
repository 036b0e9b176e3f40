import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { FailedError, sentenceOf } from '../errors.js';

export interface ToolOptions {
  /**
   * A file descriptor that the program keeps open: the lab's lock lasts until the last program that changes the lab has
   * ended.
   */
  readonly holdFd?: number;
  readonly input?: string;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ToolResult {
  /** Undefined if a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program of this machine, without a shell, and waits for its end.
 *
 * @throws FailedError if it cannot be started or its exit status is not 0
 */
export async function runTool(
  program: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<string> {
  const result = await tryTool(program, args, options);
  if (result.exitCode !== 0) {
    const said = result.stderr.trim().split('\n').slice(-5).join('\n') || 'it said nothing';
    throw new FailedError(`${program} ${args.slice(0, 3).join(' ')} failed: ${said}`);
  }
  return result.stdout;
}

/**
 * The same for a program whose exit status is an answer.
 *
 * @throws FailedError if it cannot be started
 */
export async function tryTool(
  program: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  options.signal?.throwIfAborted();
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe', ...(options.holdFd === undefined ? [] : [options.holdFd])],
    env: { ...process.env, ...options.env },
    // Ctrl-C on the terminal must reach kuafu only; only the abort signal, if there is one, ends the program.
    detached: true,
    killSignal: 'SIGKILL',
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const { stdin, stdout, stderr } = child as ChildProcess as ChildProcessWithoutNullStreams;
  // A program need not read all of its input; its exit status tells the result.
  stdin.on('error', () => undefined);
  stdin.end(options.input ?? '');
  const output = Promise.all([readAll(stdout), readAll(stderr)]);
  try {
    const exitCode = await new Promise<number | undefined>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? undefined));
    });
    const [out, err] = await output;
    return { exitCode, stdout: out, stderr: err };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new FailedError(`${program} cannot be started: ${sentenceOf(error)}`);
  }
}

async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
