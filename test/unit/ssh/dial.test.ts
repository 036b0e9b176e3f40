import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Deadline } from '../../../src/lib/ssh/deadline.js';
import { dialDuring } from '../../../src/lib/ssh/dial.js';
import { HostileHost } from '../../support/hostile-host.js';

/** A host that only takes connections, and says when one comes and goes. */
async function bareHost(onConnection: (socket: Socket) => void) {
  const known = await HostileHost.listen({});
  const server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await known.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { host: known.target('web', { port, connectTimeoutMs: 30_000 }) };
}

const inTime = () => new Deadline(30_000, () => new Error('too late'));

test('the host is dialled while the work is done, not after it', async () => {
  let greeted = () => {};
  const asked = new Promise<void>((resolve) => {
    greeted = resolve;
  });
  const { host } = await bareHost((socket) => {
    socket.on('error', () => undefined);
    greeted();
  });
  // Work that ends only when the host was reached.
  const [socket, done] = await dialDuring(() => asked.then(() => 'done'), host, undefined, inTime());
  expect(done).toBe('done');
  socket.destroy();
});

test('no socket is left behind when the work fails', async () => {
  let closed = () => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const { host } = await bareHost((socket) =>
    socket
      .on('error', () => undefined)
      .on('close', () => closed())
      .resume(),
  );
  const work = () => Promise.reject(new Error('the key file is not ours'));
  await expect(dialDuring(work, host, undefined, inTime())).rejects.toThrow('the key file is not ours');
  await isClosed;
});

test('a slow agent takes nothing of the time that the host has', async () => {
  const { host } = await bareHost((socket) => socket.on('error', () => undefined));
  const deadline = new Deadline(500, () => new Error('too late'));
  const [socket] = await dialDuring(() => sleep(800), host, undefined, deadline);
  expect(deadline.signal.aborted).toBe(false);
  deadline.clear();
  socket.destroy();
});

test('a host that hangs up while our agent thinks has hung up: nobody waits for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuafu-dial-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let dropped = false;
  const agent = createServer((socket) => {
    socket.on('data', async () => {
      while (!dropped) await sleep(20);
      await sleep(100);
      // SSH_AGENT_IDENTITIES_ANSWER without keys.
      socket.end(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0]));
    });
  });
  await new Promise<void>((resolve) => agent.listen(join(folder, 'agent'), resolve));
  onTestFinished(() => {
    agent.close();
  });
  const known = await HostileHost.listen({});
  const { host } = await bareHost((socket) => {
    socket.on('error', () => undefined);
    setTimeout(() => {
      socket.resetAndDestroy();
      dropped = true;
    }, 50);
  });
  onTestFinished(() => known.close());
  const opened = known.connections({ agentSocket: join(folder, 'agent') });
  const closing = opened.session({ ...host, ssh: { ...host.ssh, connectTimeoutMs: 1500 } });
  // Retried as often as a dropped connection is, but never waited for.
  await expect(closing).rejects.toThrow(/it hung up/);
});
