import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CommandRefusedError, CommandTimeoutError, LinkLostError } from '../../src/lib/ssh/connect-error.js';
import type { Session } from '../../src/lib/ssh/transport.js';
import { ORDINARY_AND_ODD } from '../support/accounts.js';
import { SshFixture, script } from '../support/ssh-fixture.js';
import { killIfThere, type Sshd } from '../support/sshd.js';

describe.each(ORDINARY_AND_ODD)('an account with %s', (_shell, account) => {
  let fixture: SshFixture;
  let sshd: Sshd;

  beforeAll(async () => {
    fixture = new SshFixture();
    sshd = await start();
  });
  afterEach(() => fixture.reset());
  afterAll(() => fixture.close());

  function start(more = ''): Promise<Sshd> {
    return fixture.sshd(more, account);
  }

  function session(port = sshd.port): Promise<Session> {
    return fixture.connections().session(fixture.host('web', port));
  }

  function digest(data: Buffer): string {
    return createHash('sha256').update(data).digest('hex');
  }

  describe('how a command ends', () => {
    test('output, exit status, and arguments with every dangerous character', async () => {
      const nasty = `a b 'c' "d" $(exit 9) \`e\` \n -f * ? é; \\`;
      const result = await (await session()).run(script('printf %s "$1"; echo bad >&2; exit 7', 5000, nasty));
      expect(result).toMatchObject({ exitCode: 7, signal: null, stdout: nasty, stderr: 'bad\n' });
      expect(result.truncated).toBe(false);
      expect(result.elapsedMs).toBeGreaterThan(0);
    });

    test('by a signal', async () => {
      const result = await (await session()).run(script('kill -TERM $$'));
      expect(result).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
    });

    test('by its deadline, without waiting for it', async () => {
      const host = await session();
      const startedAt = Date.now();
      const error = await host.run(script('sleep 30', 300)).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CommandTimeoutError);
      expect(String(error)).toContain('web');
      expect(Date.now() - startedAt).toBeLessThan(2000);
      expect(await host.run(script('echo still here'))).toMatchObject({ stdout: 'still here\n' });
    });

    test('and with its deadline the host ends it too, with its children', async () => {
      const host = await session();
      const mark = `31.${process.pid}`;
      await host.run(script(`sleep ${mark} & sleep ${mark}; true`, 1500)).catch(() => 'late');
      const left = async () => (await host.run(script(`pgrep -cxf "sleep $1"; true`, 20_000, mark))).stdout;
      expect(await left()).toBe('2\n');
      await expect.poll(left, { timeout: 30_000, interval: 500 }).toBe('0\n');
    });

    test('a pipeline, by its last part', async () => {
      const words = ['printf', 'a b', { raw: '|' }, 'tr', 'b', 'c'] as const;
      const result = await (await session()).run({ words, effect: 'read', timeoutMs: 5000 });
      expect(result.stdout).toBe('a c');
    });

    test('by the caller', async () => {
      const host = await session();
      const stop = new AbortController();
      const running = host.run(script('sleep 30'), { signal: stop.signal });
      setTimeout(() => stop.abort(new Error('enough')), 200);
      await expect(running).rejects.toThrow('enough');
      await expect(host.run(script('true'), { signal: stop.signal })).rejects.toThrow('enough');
    });

    test('with sshd killed: the link is lost, and a new session is a new connection', async () => {
      const own = await start();
      const connections = fixture.connections();
      const host = fixture.host('web', own.port);
      const first = await connections.session(host);
      const running = first.run(script('sleep 30')).catch((reason: unknown) => reason);
      await sleep(300);
      for (const pid of own.connections()) killIfThere(pid);
      expect(await running).toBeInstanceOf(LinkLostError);
      await expect(first.run(script('true'))).rejects.toBeInstanceOf(LinkLostError);
      const second = await connections.session(host);
      expect(await second.run(script('echo back'))).toMatchObject({ stdout: 'back\n' });
    });

    test('with a frozen host: silence is a lost link', async () => {
      const own = await start();
      const connections = fixture.connections({ keepalive: { intervalMs: 200, count: 3 } });
      const host = await connections.session(fixture.host('web', own.port));
      await host.run(script('sleep 1.5'));
      const running = host.run(script('sleep 30')).catch((reason: unknown) => reason);
      await sleep(200);
      for (const pid of own.connections()) killIfThere(pid, 'SIGSTOP');
      const startedAt = Date.now();
      expect(await running).toBeInstanceOf(LinkLostError);
      expect(Date.now() - startedAt).toBeLessThan(3000);
    });

    test('not at all, where sshd allows no session', async () => {
      const own = await start('MaxSessions 0');
      await expect((await session(own.port)).run(script('true'))).rejects.toBeInstanceOf(CommandRefusedError);
    });
  });

  describe('output', () => {
    test('more than is kept: the head of stdout, the tail of stderr', async () => {
      const host = await session();
      const result = await host.run(script('seq 1 2000000; seq 1 100000 >&2'), { maxOutputBytes: 1000 });
      expect(result.truncated).toBe(true);
      expect(result.stdout.length).toBe(1000);
      expect(result.stdout.startsWith('1\n2\n3\n')).toBe(true);
      expect(result.stderr.length).toBe(1000);
      expect(result.stderr.endsWith('99999\n100000\n')).toBe(true);
    });

    test('every byte for onStdout, one call at a time, while stderr floods', async () => {
      const hash = createHash('sha256');
      let bytes = 0;
      let inside = 0;
      const command = script('seq 1 300000 >&2 & head -c 20000000 /dev/zero; wait');
      const result = await (await session()).run(command, {
        onStdout: async (chunk) => {
          expect(++inside).toBe(1);
          hash.update(chunk);
          bytes += chunk.length;
          await new Promise((resolve) => setImmediate(resolve));
          inside--;
        },
      });
      expect(result).toMatchObject({ exitCode: 0, stdout: '' });
      expect(result.stderr.endsWith('300000\n')).toBe(true);
      expect(bytes).toBe(20_000_000);
      expect(hash.digest('hex')).toBe(digest(Buffer.alloc(20_000_000)));
    });

    test('a slow reader holds the host back', async () => {
      let seen = 0;
      const host = await session();
      const running = host.run(script('head -c 60000000 /dev/zero; echo done >&2', 30_000), {
        onStdout: async (chunk) => {
          seen += chunk.length;
          if (seen === chunk.length) await sleep(1000);
        },
      });
      const early = host.run(script('ps -o stat= -C head; sleep 0.5; ps -o stat= -C head'));
      expect((await early).stdout).toContain('S');
      expect(await running).toMatchObject({ exitCode: 0, stderr: 'done\n' });
      expect(seen).toBe(60_000_000);
    });

    test('an onStdout that fails ends the command', async () => {
      const running = (await session()).run(script('echo a; sleep 30'), {
        onStdout: () => {
          throw new Error('disk full');
        },
      });
      await expect(running).rejects.toThrow('disk full');
    });
  });

  describe('standard input', () => {
    test('50 MB arrive whole', async () => {
      const block = Buffer.alloc(1_000_000, 'kuafu');
      const source = Readable.from(Array.from({ length: 50 }, () => block));
      const result = await (await session()).run(script('sha256sum'), { stdin: source });
      const expected = digest(Buffer.concat(Array.from({ length: 50 }, () => block)));
      expect(result.stdout).toBe(`${expected}  -\n`);
    });

    test('text, bytes and nothing', async () => {
      const host = await session();
      expect((await host.run(script('cat'), { stdin: 'é' })).stdout).toBe('é');
      expect((await host.run(script('wc -c'), { stdin: Buffer.alloc(3_000_000) })).stdout).toBe('3000000\n');
      expect((await host.run(script('cat'))).stdout).toBe('');
    });

    test('a command that does not read it all is no error, and the source is let go', async () => {
      const source = new PassThrough();
      const pump = setInterval(() => source.write(Buffer.alloc(1_000_000)), 5);
      source.on('close', () => clearInterval(pump));
      const result = await (await session()).run(script('head -c 10 > /dev/null; exit 3'), { stdin: source });
      expect(result.exitCode).toBe(3);
      expect(source.destroyed).toBe(true);
    });

    test('a source that fails half-way is an error, never a short file', async () => {
      const host = await session();
      const failing = new PassThrough();
      failing.write('half');
      setTimeout(() => failing.destroy(new Error('disk gone')), 100);
      await expect(host.run(script('cat'), { stdin: failing })).rejects.toThrow('disk gone');
      const closed = new PassThrough();
      closed.write('half');
      setTimeout(() => closed.destroy(), 100);
      await expect(host.run(script('cat'), { stdin: closed })).rejects.toThrow('closed before its end');
    });
  });

  describe('many commands on one connection', () => {
    test.each([['MaxSessions 10'], ['MaxSessions 2'], ['MaxSessions 1']])(
      '24 at once with %s',
      async (line) => {
        const own = await start(line);
        const host = await session(own.port);
        const commands = Array.from({ length: 24 }, (_, n) => host.run(script(`sleep 0.1; echo ${n}`)));
        const results = await Promise.all(commands);
        expect(results.map((result) => result.stdout)).toEqual(results.map((_, n) => `${n}\n`));
        expect(own.connections()).toHaveLength(1);
      },
    );

    test.each([
      ['MaxSessions 10', true],
      ['MaxSessions 1', false],
    ])('with %s one more session beside a command is opened: %s', async (line, isOpened) => {
      const own = await start(line);
      const host = await session(own.port);
      const running = host.run(script('echo begun; sleep 2'));
      await sleep(1000);
      for (let time = 0; time < 30; time++) expect(await host.opensAnother()).toBe(isOpened);
      expect(await running).toMatchObject({ stdout: 'begun\n' });
      await expect.poll(() => host.opensAnother()).toBe(true);
      expect(await host.run(script('echo ok'))).toMatchObject({ stdout: 'ok\n' });
    });

    test('a host whose link is lost opens none', async () => {
      const own = await start();
      const host = await session(own.port);
      await own.stop();
      await expect(host.opensAnother()).rejects.toThrow();
    });

    test('commands that ran out of time do not use up the channels', async () => {
      const host = await session();
      const late = Array.from({ length: 20 }, () => host.run(script('sleep 60', 100)).catch(() => 'late'));
      expect(new Set(await Promise.all(late))).toEqual(new Set(['late']));
      expect(await host.run(script('echo ok'))).toMatchObject({ stdout: 'ok\n' });
    });
  });
});
