import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RemoteCommand } from '../../../src/lib/shell/command.js';
import {
  CommandRefusedError,
  CommandTimeoutError,
  ConnectError,
  ForwardError,
  LinkLostError,
  LoginShellError,
} from '../../../src/lib/ssh/connect-error.js';
import type { ConnectionOptions } from '../../../src/lib/ssh/connections.js';
import type { CommandIo } from '../../../src/lib/ssh/transport.js';
import type { HostileCommand } from '../../support/hostile-command.js';
import { type Behaviour, HostileHost, PHASES, type Phase } from '../../support/hostile-host.js';
import { floodWith, sendOn } from '../../support/hostile-messages.js';

async function listen(behaviour: Behaviour, finished = onTestFinished): Promise<HostileHost> {
  const host = await HostileHost.listen(behaviour);
  finished(() => host.close());
  return host;
}

const command = (timeoutMs: number): RemoteCommand => ({ words: ['uptime'], effect: 'read', timeoutMs });

interface Limits {
  readonly connectTimeoutMs: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** One whole conversation: login, a command, or a stream where that is what is looked at. */
async function converse(host: HostileHost, phase: Phase | undefined, limits: Limits, io: CommandIo = {}) {
  const { connectTimeoutMs, timeoutMs, signal } = limits;
  const options: Partial<ConnectionOptions> = { keepalive: { intervalMs: 60_000, count: 3 } };
  const session = await host.connections(options).session(host.target('web', { connectTimeoutMs }), signal);
  const withSignal = { ...io, ...(signal && { signal }) };
  if (phase === 'stream') return await session.connectTcp('127.0.0.1', 8090, timeoutMs, signal);
  return await session.run(command(timeoutMs), withSignal);
}

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error at all',
    (error: unknown) => error,
  );

/** Output that has ended is the end of a channel (ssh2 closes it then): there is nothing to wait for. */
const WAITS = PHASES.filter((phase) => phase !== 'status');
const LOGIN: readonly Phase[] = ['accept', 'identification', 'key-exchange', 'authentication'];

/** With a status a command has ended, whoever still has its output. */
const WITHOUT_STATUS = WAITS.filter((phase) => phase !== 'close');

describe.concurrent.each(WITHOUT_STATUS)('silence at %s', (phase) => {
  test('ends at its deadline, with an error that names the host', async ({ onTestFinished: finished }) => {
    const host = await listen({ silentAt: phase }, finished);
    const isLogin = LOGIN.includes(phase);
    const startedAt = performance.now();
    const error = await errorOf(
      converse(host, phase, { connectTimeoutMs: isLogin ? 400 : 20_000, timeoutMs: 400 }),
    );
    // On a machine that is busy with other tests; what waits for anything else waits longer.
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(error).toBeInstanceOf(isLogin ? ConnectError : CommandTimeoutError);
    expect(error).toMatchObject({ host: 'web', message: expect.stringContaining('within 0.4 s') });
  });
});

test('silence at close is no silence of the command: its status counts', async ({
  onTestFinished: finished,
}) => {
  const host = await listen({ silentAt: 'close' }, finished);
  const result = await converse(host, 'close', { connectTimeoutMs: 5000, timeoutMs: 1000 });
  expect(result).toMatchObject({ exitCode: 0, isHeld: true });
});

describe.concurrent.each(WAITS)('silence at %s', (phase) => {
  test('ends at once when the user wants out', async ({ onTestFinished: finished }) => {
    const host = await listen({ silentAt: phase }, finished);
    const out = new AbortController();
    const signal = out.signal;
    const running = errorOf(converse(host, phase, { connectTimeoutMs: 60_000, timeoutMs: 60_000, signal }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const startedAt = performance.now();
    out.abort(new Error('enough'));
    expect(await running).toMatchObject({ message: 'enough' });
    await host.close();
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });
});

test('silence after the output is no status, and no success', async () => {
  const host = await listen({ silentAt: 'status' });
  const error = await errorOf(converse(host, 'status', { connectTimeoutMs: 5000, timeoutMs: 20_000 }));
  expect(error).toBeInstanceOf(LinkLostError);
  expect(error).toMatchObject({ message: 'web: uptime ended without a status' });
});

describe.concurrent.each(PHASES)('hanging up at %s', (phase) => {
  test('is a lost link or no connection, never a result', async ({ onTestFinished: finished }) => {
    const host = await listen({ hangUpAt: phase }, finished);
    const error = await errorOf(converse(host, phase, { connectTimeoutMs: 1000, timeoutMs: 20_000 }));
    expect(error).toBeInstanceOf(LOGIN.includes(phase) ? ConnectError : LinkLostError);
    expect(error).toMatchObject({ host: 'web' });
  });
});

describe('lies', () => {
  const run = async (behaviour: (command: HostileCommand) => unknown, io: CommandIo = {}) => {
    const host = await listen({ command: behaviour });
    return await converse(host, undefined, { connectTimeoutMs: 5000, timeoutMs: 10_000 }, io);
  };

  test('about having run at all', async () => {
    const noMark = errorOf(run((it) => it.stdout('all done\n').exit(0)));
    expect(await noMark).toBeInstanceOf(CommandRefusedError);
    expect(await noMark).toMatchObject({ message: 'web: its login shell runs no commands: "all done"' });
    expect(await errorOf(run((it) => it.begin(['stdout']).exit(0)))).toBeInstanceOf(LoginShellError);
    expect(await errorOf(run((it) => it.begin(['stderr']).exit(0)))).toBeInstanceOf(LoginShellError);
  });

  test('about how it ended: no status is none, the first of two counts', async () => {
    expect(await errorOf(run((it) => it.begin().stdout('x').close()))).toBeInstanceOf(LinkLostError);
    expect(await run((it) => it.begin().status(3).status(0).close())).toMatchObject({ exitCode: 3 });
    expect(await run((it) => it.begin().status(0).signal('KILL'))).toMatchObject({ exitCode: 0 });
    expect(await run((it) => it.begin().signal('KILL'))).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(await run((it) => it.begin().begin().exit(0))).toMatchObject({ exitCode: 0 });
  });

  test('noise before the mark is no answer, whatever it says', async () => {
    const result = await run((it) =>
      it.stdout('{"ok":true}\n').stderr('no such\n').begin().stdout('x').exit(1),
    );
    expect(result).toMatchObject({ exitCode: 1, stdout: 'x', stderr: '' });
  });
});

describe('floods', () => {
  const CHUNK = Buffer.alloc(65_536, 'x');
  const grown = async (behaviour: (command: HostileCommand) => unknown, io: CommandIo = {}) => {
    const host = await listen({ command: behaviour });
    const before = process.memoryUsage().rss;
    const error = await errorOf(converse(host, undefined, { connectTimeoutMs: 5000, timeoutMs: 1000 }, io));
    return { error, bytes: process.memoryUsage().rss - before };
  };

  test.each(['stdout', 'stderr'] as const)('of noise on %s end it', async (stream) => {
    const { error, bytes } = await grown((it) => it.flood(CHUNK, Number.POSITIVE_INFINITY, stream));
    expect(error).toBeInstanceOf(LoginShellError);
    expect(bytes).toBeLessThan(150 * 1024 ** 2);
  });

  test.each(['stdout', 'stderr'] as const)(
    'of output on %s meet the deadline, and little is kept',
    async (stream) => {
      const { error, bytes } = await grown((it) => it.begin().flood(CHUNK, Number.POSITIVE_INFINITY, stream));
      expect(error).toBeInstanceOf(CommandTimeoutError);
      expect(bytes).toBeLessThan(150 * 1024 ** 2);
    },
  );

  test('drips meet the deadline, too', async () => {
    const { error } = await grown((it) => it.begin().drip('x', 20));
    expect(error).toBeInstanceOf(CommandTimeoutError);
  });
});

describe('a host that breaks the protocol to fill our memory is named, and its link ends:', () => {
  const limits: Limits = { connectTimeoutMs: 5000, timeoutMs: 60_000 };
  const never = () => new Promise<void>(() => undefined);
  const ended = (why: string) => ({ host: 'web', message: `web: the connection was lost: ${why}` });

  test.each(['question', 'channel', 'request'] as const)(
    'it takes the answer to no %s',
    async (message) => {
      const host = await listen({ command: (it) => floodWith(message, it.begin().channel, 'deaf') });
      const error = await errorOf(converse(host, undefined, limits));
      expect(error).toBeInstanceOf(LinkLostError);
      expect(error).toMatchObject(ended('it asks without end, and takes no answer'));
    },
    90_000,
  );

  test.each(['stdout', 'stderr'] as const)(
    'more %s of a command than its window',
    async (message) => {
      const host = await listen({
        command: (it) => {
          it.begin().stdout('a line\n');
          return floodWith(message, it.channel, 'hears');
        },
      });
      const error = await errorOf(converse(host, undefined, limits, { onStdout: never }));
      expect(error).toBeInstanceOf(LinkLostError);
      expect(error).toMatchObject(ended('it sends more than it was let'));
    },
    90_000,
  );

  test.each(['connectTcp', 'connectUnix'] as const)(
    'more on a stream of %s than its window',
    async (open) => {
      const host = await listen({ stream: (_target, stream) => floodWith('stdout', stream, 'hears') });
      const session = await host.connections().session(host.target());
      const stream =
        open === 'connectTcp'
          ? await session.connectTcp('127.0.0.1', 8090, 5000)
          : await session.connectUnix('/run/haproxy.sock', 5000);
      const error = await new Promise((resolve) => stream.once('error', resolve));
      expect(error).toBeInstanceOf(LinkLostError);
      expect(error).toMatchObject(ended('it sends more than it was let'));
    },
    90_000,
  );

  test('but not one that fills its window, and waits for a slow reader', async () => {
    const bytes = 12 * 1024 ** 2;
    const host = await listen({
      command: async (it) => {
        await it.begin().flood('x', bytes);
        it.exit(0);
      },
    });
    let came = 0;
    const onStdout = async (chunk: Buffer) => {
      came += chunk.length;
      await new Promise((resolve) => setTimeout(resolve, 1));
    };
    expect(await converse(host, undefined, limits, { onStdout })).toMatchObject({ exitCode: 0 });
    expect(came).toBe(bytes);
  }, 90_000);

  test('but not one that asks much, and takes the answers', async () => {
    const host = await listen({
      command: async (it) => {
        it.begin();
        for (let round = 0; round < 200; round++) {
          sendOn(it.channel, 'question', 100);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        it.exit(0);
      },
    });
    expect(await converse(host, undefined, limits)).toMatchObject({ exitCode: 0 });
  }, 90_000);
});

test('bytes that are no SSH end the link at once, though they go on coming', async () => {
  const host = await listen({ command: (it) => it.begin() });
  const running = errorOf(converse(host, undefined, { connectTimeoutMs: 5000, timeoutMs: 60_000 }));
  while (host.commands.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const noise = setInterval(() => {
    for (const socket of host.sockets) socket.write(Buffer.alloc(1000, 0xff));
  }, 10);
  onTestFinished(() => clearInterval(noise));
  expect(await running).toBeInstanceOf(LinkLostError);
});

test('a stream is refused unless it is told otherwise', async () => {
  const host = await listen({});
  const refused = errorOf(converse(host, 'stream', { connectTimeoutMs: 5000, timeoutMs: 5000 }));
  expect(await refused).toBeInstanceOf(ForwardError);
  host.behaviour = { stream: (target, stream) => stream.end(`you asked for ${target}`) };
  const session = await host.connections().session(host.target());
  expect(await text(await session.connectUnix('/run/haproxy.sock', 5000))).toBe(
    'you asked for /run/haproxy.sock',
  );
});

test('what it was asked can be looked at', async () => {
  const host = await listen({
    command: async (it) =>
      it
        .begin()
        .stdout(await it.stdin)
        .exit(0),
  });
  const result = await converse(host, undefined, { connectTimeoutMs: 5000, timeoutMs: 5000 }, { stdin: 'é' });
  expect(result).toMatchObject({ stdout: 'é' });
  expect(host.commands.map(({ script }) => script)).toEqual(['uptime']);
});
