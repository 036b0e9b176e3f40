import { describe, expect, it } from 'vitest';
import { FailedError } from '../../../src/lib/errors.js';
import {
  type FanOutEvent,
  type FanOutOptions,
  fanOut,
  fanOutReads,
} from '../../../src/lib/fanout/fan-out.js';
import type { HostOutcome } from '../../../src/lib/fanout/outcome.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import type { Host } from '../../../src/lib/names/host.js';
import { tooManyFiles } from '../../../src/lib/open-files.js';
import { CommandTimeoutError, ConnectError, LinkLostError } from '../../../src/lib/ssh/connect-error.js';
import type { Connections } from '../../../src/lib/ssh/transport.js';
import { FakeConnections } from '../../support/fake-connections.js';
import { host } from '../ledger/fixture.js';

const UPTIME = { words: ['sh', '-c', 'uptime'], timeoutMs: 30_000 };

const ADDRESS = host('web-1').ssh.address;

async function run(
  connections: Connections,
  names: readonly string[],
  options: Partial<Omit<FanOutOptions, 'onSession'>> = {},
  { effect, timeoutMs = UPTIME.timeoutMs }: { effect?: 'read' | 'write'; timeoutMs?: number } = {},
) {
  const events: FanOutEvent[] = [];
  const hosts: Host[] = names.map((name) => host(name));
  const all: Omit<FanOutOptions, 'onSession'> = {
    connections,
    forks: 10,
    outputLimit: 1000,
    secrets: new Secrets(),
    shows: 'stdout',
    listener: (event) => events.push(event),
    stop: new AbortController().signal,
    cut: new AbortController().signal,
    ...options,
  };
  const command = { ...UPTIME, timeoutMs };
  if (effect === 'read') await fanOutReads(hosts, { ...command, effect }, all);
  else await fanOut(hosts, { ...command, effect: 'write' }, all);
  const outcomes = new Map<string, HostOutcome>();
  for (const event of events) if (event.type === 'ended') outcomes.set(event.outcome.host, event.outcome);
  return { events, outcomes };
}

describe('how a host ends', () => {
  it('is told with what it put out, and its connection is closed', async () => {
    const fake = new FakeConnections();
    fake.on('web-1', 'uptime', { stdout: 'up\n', stderr: 'warn\n' });
    fake.on('web-2', 'uptime', { exitCode: 3 });
    fake.on('web-3', 'uptime', { signal: 'KILL' });
    const { outcomes } = await run(fake, ['web-1', 'web-2', 'web-3']);
    fake.verify();
    expect(outcomes.get('web-1')).toMatchObject({
      status: 'exited',
      exitCode: 0,
      stdout: 'up\n',
      stderr: 'warn\n',
    });
    expect(outcomes.get('web-2')).toMatchObject({ status: 'exited', exitCode: 3 });
    expect(outcomes.get('web-3')).toMatchObject({ status: 'signalled', signal: 'KILL' });
    expect(fake.hungUp.sort()).toEqual(['web-1', 'web-2', 'web-3']);
  });

  it('says that the time of the command was over where that ends before the time for the connection', async () => {
    const silent = new ConnectError(
      'web-1',
      'timed-out',
      `web-1 (${ADDRESS}:22): no answer within 0.001 s`,
      'is it up?',
    );
    const late = async (timeoutMs: number) => {
      const fake = new FakeConnections().unreachable('web-1', silent);
      const options = { lateHint: 'a longer --timeout waits for it' };
      return (await run(fake, ['web-1'], options, { timeoutMs })).outcomes.get('web-1');
    };
    expect(await late(1)).toMatchObject({
      status: 'unreachable',
      message: 'the time of the command was over: no answer within 0.001 s',
      hint: 'a longer --timeout waits for it',
    });
    expect(await late(100_000)).toMatchObject({ message: 'no answer within 0.001 s', hint: 'is it up?' });
  });

  it.each([
    ['unreachable', new ConnectError('web-1', 'timed-out', `web-1 (${ADDRESS}:22): no answer`)],
    ['timed-out', new CommandTimeoutError('web-1', 'sh', 30_000)],
    ['lost', new LinkLostError('web-1')],
    ['failed', new FailedError('web-1: no more of that')],
  ] as const)('%s is an outcome like the others, and stops nobody', async (status, error) => {
    const fake = new FakeConnections().on('web-2', 'uptime', { stdout: 'up\n' });
    if (error instanceof ConnectError) fake.unreachable('web-1', error);
    else fake.on('web-1', 'uptime', error);
    const { outcomes } = await run(fake, ['web-1', 'web-2']);
    expect(outcomes.get('web-1')).toMatchObject({ status, exitCode: null });
    expect(outcomes.get('web-1')?.message).not.toContain('web-1');
    expect(outcomes.get('web-1')?.message).not.toContain(ADDRESS);
    expect(outcomes.get('web-2')).toMatchObject({ exitCode: 0 });
  });

  it('a bug is no outcome', async () => {
    const fake = new FakeConnections().on('web-1', 'uptime', new TypeError('bug'));
    await expect(run(fake, ['web-1'])).rejects.toThrow('bug');
  });

  it('what this machine lacks is told of each write, and ends all reads: it says nothing of a host', async () => {
    const lack = tooManyFiles(Object.assign(new Error('socket'), { code: 'EMFILE' }));
    const fake = () => new FakeConnections().on('web-1', 'uptime', lack as Error).on('web-2', 'uptime', {});
    const { outcomes } = await run(fake(), ['web-1', 'web-2']);
    expect(outcomes.get('web-1')).toMatchObject({ status: 'failed' });
    expect(outcomes.get('web-2')).toMatchObject({ exitCode: 0 });
    await expect(run(fake(), ['web-1', 'web-2'], {}, { effect: 'read' })).rejects.toThrow(
      'more files have to be open',
    );
  });
});

it('output is cut at the limit, and says so; all of it goes to whoever listens', async () => {
  const fake = new FakeConnections().on('web-1', 'uptime', { stdout: 'x'.repeat(1500) });
  const heard: Buffer[] = [];
  const { outcomes } = await run(fake, ['web-1'], { onStdout: (_, chunk) => void heard.push(chunk) });
  expect(outcomes.get('web-1')).toMatchObject({
    stdout: 'x'.repeat(1000),
    truncated: { stdout: true, stderr: false },
  });
  expect(Buffer.concat(heard)).toHaveLength(1500);
});

it('every host gets the same standard input, and gives its stderr on as it comes', async () => {
  const fake = new FakeConnections();
  for (const name of ['web-1', 'web-2']) fake.on(name, 'uptime', { stderr: `${name} warns` });
  const heard: string[] = [];
  await run(fake, ['web-1', 'web-2'], {
    stdin: Buffer.from('for all'),
    onStderr: (name, chunk) => void heard.push(`${name}: ${chunk}`),
  });
  expect(fake.calls.map(({ stdin }) => stdin)).toEqual(['for all', 'for all']);
  expect(heard.sort()).toEqual(['web-1: web-1 warns', 'web-2: web-2 warns']);
});

it('the login has no longer than the command', async () => {
  const asked: number[] = [];
  const fake = new FakeConnections().always('web-1', 'uptime', {});
  const connections: Connections = {
    session: (each, signal) => {
      asked.push(each.ssh.connectTimeoutMs);
      return fake.session(each, signal);
    },
    hangUp: () => undefined,
    close: async () => undefined,
  };
  const hosts = [host('web-1')];
  for (const timeoutMs of [10, 60_000])
    await fanOut(
      hosts,
      { ...UPTIME, effect: 'write', timeoutMs },
      {
        connections,
        forks: 1,
        outputLimit: 10,
        secrets: new Secrets(),
        shows: 'stdout',
        listener: () => undefined,
        stop: new AbortController().signal,
        cut: new AbortController().signal,
      },
    );
  expect(asked).toEqual([10, hosts[0]?.ssh.connectTimeoutMs]);
});

it('never more hosts at once than forks', async () => {
  let now = 0;
  let most = 0;
  const fake = new FakeConnections();
  const names = Array.from({ length: 9 }, (_, index) => `web-${index}`);
  for (const name of names)
    fake.on(name, 'uptime', async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return {};
    });
  await run(fake, names, { forks: 3 });
  fake.verify();
  expect(most).toBe(3);
});

describe('Ctrl-C', () => {
  it('once: what runs ends, the rest is not begun', async () => {
    const stop = new AbortController();
    const fake = new FakeConnections().on('web-1', 'uptime', () => {
      stop.abort(new FailedError('interrupted'));
      return { stdout: 'up\n' };
    });
    const { outcomes } = await run(fake, ['web-1', 'web-2'], { forks: 1, stop: stop.signal });
    fake.verify();
    expect(outcomes.get('web-1')).toMatchObject({ status: 'exited', stdout: 'up\n' });
    expect(outcomes.get('web-2')).toMatchObject({ status: 'pending', message: 'not begun' });
  });

  it('twice: what runs is cut off', async () => {
    const cut = new AbortController();
    const reason = new FailedError('interrupted');
    const fake = new FakeConnections().on('web-1', 'uptime', () => {
      cut.abort(reason);
      return reason;
    });
    const { outcomes } = await run(fake, ['web-1'], { cut: cut.signal });
    expect(outcomes.get('web-1')).toMatchObject({ status: 'pending' });
    expect(outcomes.get('web-1')?.message).toContain('cut off');
  });
});
