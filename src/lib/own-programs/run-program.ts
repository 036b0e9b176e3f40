import { execa, type Options } from 'execa';
import { excerpt } from '../masking/masked.js';
import type { Secrets } from '../masking/secret.js';

const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;
const COMPLAINTS = 4096;
const LONGEST = 300;

export interface ProgramOptions {
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly secrets: Secrets;
  /** For its standard input. */
  readonly input?: string;
  /** What the message says of the time when there is none left. */
  readonly saidTimeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** How a program of the user ended. */
export interface ProgramEnd {
  /** Undefined: a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** `exits with 3: no such zone`: the end of its standard error, masked. */
  readonly how: string;
}

/**
 * Runs a program of the user on this machine, without a shell. It is killed when it has not ended in time, or the signal aborts.
 * It gets the environment of kuafu, because it runs as the user and may need its own passwords.
 *
 * @throws {Error} with a sentence: cannot be run, hangs, prints too much; or the reason of the signal
 */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  { cwd, timeoutMs, saidTimeoutMs = timeoutMs, secrets, input, signal }: ProgramOptions,
): Promise<ProgramEnd> {
  const options = {
    cwd,
    maxBuffer: MAX_OUTPUT_BYTES,
    // Standard error may have no end; only its last lines are kept.
    buffer: { stderr: false },
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    reject: false,
  } satisfies Options;
  const late = `${program} did not end within ${saidTimeoutMs / 1000} s and was killed`;
  signal?.throwIfAborted();
  if (timeoutMs <= 0) throw new Error(late);
  const running = execa(program, args, options);
  let complaints = '';
  running.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString('utf8')).slice(-COMPLAINTS);
  });
  let killed: unknown;
  const kill = (reason: unknown) => {
    killed = reason;
    running.kill('SIGKILL');
    // A process that the program started may hold its output open forever; execa's own timeout would wait for that.
    running.stdout.destroy();
    running.stderr.destroy();
  };
  const deadline = setTimeout(() => kill(new Error(late)), timeoutMs);
  const onAbort = () => kill(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const result = await running;
  clearTimeout(deadline);
  signal?.removeEventListener('abort', onAbort);
  if (killed !== undefined) throw killed;
  if (result.isMaxBuffer)
    throw new Error(`${program} prints more than ${MAX_OUTPUT_BYTES / 1024 / 1024} MiB`);
  if (result.exitCode === undefined && result.signal === undefined)
    throw new Error(`${program} cannot be run: ${reasonOf(result.code)}`);
  const said = excerpt(secrets.mask(complaints.trim(), { start: true }), LONGEST).replaceAll(/\s+/g, ' ');
  const how =
    result.exitCode === undefined ? `was ended by ${result.signal}` : `exits with ${result.exitCode}`;
  return { exitCode: result.exitCode, stdout: result.stdout, how: said === '' ? how : `${how}: ${said}` };
}

function reasonOf(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file, or not the interpreter its first line names';
    case 'EACCES':
      return 'it is not executable';
    default:
      return code ?? 'unknown reason';
  }
}
