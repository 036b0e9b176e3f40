import { type Duplex, PassThrough } from 'node:stream';
import type { Host } from '../../src/lib/names/host.js';
import type { RemoteCommand } from '../../src/lib/shell/command.js';
import { renderCommand } from '../../src/lib/shell/quote.js';
import type { CommandIo, CommandResult, Connections, Session } from '../../src/lib/ssh/transport.js';

/** What a host says to a command: output and status, or an error such as LinkLostError. */
export type Answer = Partial<CommandResult> | Error;

type Matcher = string | RegExp | ((line: string) => boolean);

interface Expectation {
  readonly host: string;
  readonly matcher: Matcher;
  readonly answers: (Answer | ((line: string, stdin: string) => Answer | Promise<Answer>))[];
  readonly always: boolean;
  asked: number;
}

export interface Call {
  readonly host: string;
  /** The command line as the host's shell would get it. */
  readonly line: string;
  readonly effect: RemoteCommand['effect'];
  readonly stdin: string;
}

/**
 * Connections for unit tests. Every command must be expected: one that nobody spoke of fails the test, at once
 * and again in verify(), in case the code under test swallowed the error.
 *
 *     const fake = new FakeConnections();
 *     fake.on('web-b-01', /systemctl is-active/, { stdout: 'active\n' }, { exitCode: 3 });
 *     fake.always('web-b-02', /./, { exitCode: 0 });
 */
export class FakeConnections implements Connections {
  readonly calls: Call[] = [];
  /** Hosts whose connections were closed, in order. */
  readonly hungUp: string[] = [];
  readonly #expectations: Expectation[] = [];
  readonly #unexpected: string[] = [];
  readonly #connectErrors = new Map<string, Error>();
  readonly #sockets = new Map<string, () => Duplex>();

  /** The host gets a matching command once for each answer. A string matches as a part of the command line. */
  on(host: string, matcher: Matcher, ...answers: Expectation['answers']): this {
    this.#expectations.push({ host, matcher, answers, always: false, asked: 0 });
    return this;
  }

  /** The host may get a matching command any number of times, or never. */
  always(host: string, matcher: Matcher, answer: Expectation['answers'][number]): this {
    this.#expectations.push({ host, matcher, answers: [answer], always: true, asked: 0 });
    return this;
  }

  /** session() of this host fails. */
  unreachable(host: string, error: Error): this {
    this.#connectErrors.set(host, error);
    return this;
  }

  /** Who listens on the host: a Unix socket's path or `address:port`. */
  socket(host: string, target: string, answer: () => Duplex = () => new PassThrough()): this {
    this.#sockets.set(`${host} ${target}`, answer);
    return this;
  }

  /** @throws {Error} when a command came that was not expected, or an expected one did not come */
  verify(): void {
    const missing = this.#expectations
      .filter(({ always, asked, answers }) => !always && asked < answers.length)
      .map(({ host, matcher, answers, asked }) => `${host}: ${matcher} (${asked} of ${answers.length})`);
    if (this.#unexpected.length + missing.length === 0) return;
    throw new Error([...this.#unexpected, ...missing.map((each) => `never asked: ${each}`)].join('\n'));
  }

  async session(host: Host, signal?: AbortSignal): Promise<Session> {
    signal?.throwIfAborted();
    const error = this.#connectErrors.get(host.name);
    if (error) throw error;
    return {
      host: host.name,
      hostKey: 'ssh-ed25519 AAAA',
      loginNoise: '',
      opensAnother: async () => true,
      run: (command, io) => this.#run(host.name, command, io ?? {}),
      connectUnix: async (path) => this.#connect(host.name, path),
      connectTcp: async (address, port) => this.#connect(host.name, `${address}:${port}`),
    };
  }

  hangUp(host: Host): void {
    this.hungUp.push(host.name);
  }

  async close(): Promise<void> {}

  async #run(host: string, command: RemoteCommand, io: CommandIo): Promise<CommandResult> {
    io.signal?.throwIfAborted();
    const line = renderCommand(command.words);
    const stdin = await readAll(io.stdin);
    this.calls.push({ host, line, effect: command.effect, stdin });
    const answer = await this.#answer(host, line, stdin);
    if (answer instanceof Error) throw answer;
    const result: CommandResult = {
      exitCode: answer.signal ? null : 0,
      signal: null,
      stdout: '',
      stderr: '',
      truncated: false,
      elapsedMs: 1,
      ...answer,
    };
    await io.onStderr?.(Buffer.from(result.stderr));
    if (!io.onStdout) return result;
    await io.onStdout(Buffer.from(result.stdout));
    return { ...result, stdout: '' };
  }

  async #answer(host: string, line: string, stdin: string): Promise<Answer> {
    const expectation = this.#expectations.find(
      (each) =>
        each.host === host &&
        (each.always || each.asked < each.answers.length) &&
        matches(each.matcher, line),
    );
    const answer = expectation?.answers[expectation.always ? 0 : expectation.asked];
    if (!expectation || answer === undefined) return this.#refuse(`${host}: unexpected command: ${line}`);
    expectation.asked++;
    return typeof answer === 'function' ? await answer(line, stdin) : answer;
  }

  #connect(host: string, target: string): Duplex {
    const answer = this.#sockets.get(`${host} ${target}`);
    if (!answer) throw this.#refuse(`${host}: unexpected connection to ${target}`);
    return answer();
  }

  #refuse(message: string): Error {
    this.#unexpected.push(message);
    return new Error(message);
  }
}

function matches(matcher: Matcher, line: string): boolean {
  if (typeof matcher === 'string') return line.includes(matcher);
  return matcher instanceof RegExp ? matcher.test(line) : matcher(line);
}

async function readAll(stdin: CommandIo['stdin']): Promise<string> {
  if (stdin === undefined || typeof stdin === 'string') return stdin ?? '';
  if (Buffer.isBuffer(stdin)) return stdin.toString('utf8');
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
