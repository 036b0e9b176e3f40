import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CommandTimeoutError, ForwardError, LinkLostError } from '../../src/lib/ssh/connect-error.js';
import type { Session } from '../../src/lib/ssh/transport.js';
import { ORDINARY_AND_ODD } from '../support/accounts.js';
import { SshFixture } from '../support/ssh-fixture.js';
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

  describe('streams through the host', () => {
    test('to a Unix socket', async () => {
      const path = join(fixture.lab.folder, 'echo.sock');
      const server = createServer((socket) => socket.pipe(socket)).listen(path);
      fixture.onCleanup(() => server.close());
      const stream = await (await session()).connectUnix(path, 5000);
      stream.end('show stat\n');
      expect(await text(stream)).toBe('show stat\n');
    });

    test('to an address', async () => {
      const port = await fixture.plainServer((socket) => socket.end('hello\n'));
      const stream = await (await session()).connectTcp('127.0.0.1', port, 5000);
      expect(await text(stream)).toBe('hello\n');
    });

    test('to where nobody listens', async () => {
      const host = await session();
      const toSocket = await host.connectUnix('/nonexistent.sock', 5000).catch((error: unknown) => error);
      expect(toSocket).toMatchObject({ failure: 'failed', host: 'web' });
      const toPort = await host.connectTcp('127.0.0.1', 1, 5000).catch((error: unknown) => error);
      expect(toPort).toMatchObject({ failure: 'failed' });
      expect(toPort).toBeInstanceOf(ForwardError);
    });

    test('where sshd forbids it', async () => {
      const own = await start('AllowTcpForwarding no\nAllowStreamLocalForwarding no');
      const host = await session(own.port);
      await expect(host.connectUnix('/tmp/x.sock', 5000)).rejects.toMatchObject({
        failure: 'failed',
        hint: expect.stringContaining('AllowStreamLocalForwarding'),
      });
      await expect(host.connectTcp('127.0.0.1', own.port, 5000)).rejects.toMatchObject({
        failure: 'forbidden',
      });
    });

    test('a frozen host does not stall the opening', async () => {
      const own = await start();
      const host = await session(own.port);
      for (const pid of own.connections()) killIfThere(pid, 'SIGSTOP');
      await expect(host.connectUnix('/tmp/x.sock', 300)).rejects.toBeInstanceOf(CommandTimeoutError);
    });

    test('a lost link is an error of the stream, not its end', async () => {
      const own = await start();
      const port = await fixture.plainServer((socket) => socket.write('half'));
      const stream = await (await session(own.port)).connectTcp('127.0.0.1', port, 5000);
      const reading = text(stream).catch((error: unknown) => error);
      await sleep(200);
      for (const pid of own.connections()) killIfThere(pid);
      expect(await reading).toBeInstanceOf(LinkLostError);
    });
  });
});
