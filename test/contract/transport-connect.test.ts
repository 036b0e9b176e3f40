import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectErrorOf, SshFixture, script } from '../support/ssh-fixture.js';
import { freePort, type Sshd } from '../support/sshd.js';

let fixture: SshFixture;
let sshd: Sshd;

beforeAll(async () => {
  fixture = new SshFixture();
  sshd = await fixture.sshd();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

describe('who answers', () => {
  test('nobody: refused', async () => {
    const port = await freePort();
    const error = await connectErrorOf(fixture.connections().session(fixture.host('web', port)));
    expect(error).toMatchObject({ failure: 'unreachable', host: 'web', exitCode: 5 });
    expect(error.message).toContain(`web (127.0.0.1:${port})`);
  });

  test('a name that nobody knows', async () => {
    const host = fixture.host('web', 22, { address: 'no-such-host.invalid' });
    expect(await connectErrorOf(fixture.connections().session(host))).toMatchObject({
      failure: 'unreachable',
    });
  });

  test('one that accepts and says nothing: the deadline, with its name', async () => {
    const port = await fixture.plainServer(() => undefined);
    const startedAt = Date.now();
    const host = fixture.host('hung', port, { connectTimeoutMs: 400 });
    const error = await connectErrorOf(fixture.connections().session(host));
    expect(error).toMatchObject({ failure: 'timed-out', host: 'hung' });
    expect(error.message).toContain('accepts connections and then says nothing');
    expect(Date.now() - startedAt).toBeLessThan(2000);
  });

  test('one that greets and then says nothing', async () => {
    const port = await fixture.plainServer((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    const host = fixture.host('hung', port, { connectTimeoutMs: 400 });
    expect(await connectErrorOf(fixture.connections().session(host))).toMatchObject({ failure: 'timed-out' });
  });

  test('a web server', async () => {
    const port = await fixture.plainServer((socket) => {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    });
    const host = fixture.host('web', port, { connectTimeoutMs: 500 });
    expect(await connectErrorOf(fixture.connections().session(host))).toMatchObject({ host: 'web' });
  });

  test('one that hangs up before its greeting is tried again, six times', async () => {
    let tries = 0;
    const port = await fixture.plainServer((socket) => {
      tries++;
      socket.end('Exceeded MaxStartups\r\n');
    });
    const error = await connectErrorOf(fixture.connections().session(fixture.host('web', port)));
    expect(error).toMatchObject({ failure: 'dropped' });
    expect(error.hint).toContain('MaxStartups');
    expect(tries).toBe(6);
  });

  test('an sshd at MaxStartups lets us in when the others are gone', async () => {
    const own = await fixture.sshd('MaxStartups 2:100:2\nLoginGraceTime 60');
    const idlers = [1, 2].map(() => connect(own.port, '127.0.0.1').on('error', () => undefined));
    fixture.onCleanup(() => {
      for (const idler of idlers) idler.destroy();
    });
    await Promise.all(idlers.map((idler) => new Promise((resolve) => idler.once('data', resolve))));
    setTimeout(() => {
      for (const idler of idlers) idler.destroy();
    }, 300);
    const session = await fixture.connections().session(fixture.host('web', own.port));
    expect(await session.run(script('echo in'))).toMatchObject({ stdout: 'in\n' });
    expect(own.log()).toContain('MaxStartups');
  });
});

describe('an sshd with the default MaxStartups', () => {
  test('lets eighty in that come at once by eighty names', async () => {
    const own = await fixture.sshd('MaxStartups 10:30:100');
    const connections = fixture.connections();
    const hosts = Array.from({ length: 80 }, (_, n) => fixture.host(`web-${n}`, own.port));
    const sessions = await Promise.all(hosts.map((host) => connections.session(host)));
    expect(sessions.map((session) => session.host)).toEqual(hosts.map((host) => host.name));
    // We stay below the tenth. Where sshd gets no processor it counts logins that are over for us, and turns few away.
    expect(own.log().split('drop connection').length - 1).toBeLessThan(8);
  });

  test('lets in the hosts of several kuafus, which do not know of each other', async () => {
    const own = await fixture.sshd('MaxStartups 10:30:100');
    const several = Array.from({ length: 4 }, () => fixture.connections());
    const logins = several.flatMap((connections, k) =>
      Array.from({ length: 20 }, (_, n) => connections.session(fixture.host(`web-${k}-${n}`, own.port))),
    );
    expect(await Promise.all(logins)).toHaveLength(80);
  });
});

test('hangUp() closes the connection of a host, and the next who asks gets a new one', async () => {
  const own = await fixture.sshd();
  const connections = fixture.connections();
  const host = fixture.host('web', own.port);
  const first = await connections.session(host);
  connections.hangUp(host);
  await expect.poll(() => own.connections()).toEqual([]);
  const second = await connections.session(host);
  expect(second).not.toBe(first);
  expect(await second.run(script('echo again'))).toMatchObject({ stdout: 'again\n' });
});

describe('sharing', () => {
  test('all who ask at once get one connection', async () => {
    const own = await fixture.sshd();
    const connections = fixture.connections();
    const host = fixture.host('web', own.port);
    const sessions = await Promise.all([1, 2, 3, 4].map(() => connections.session(host)));
    expect(new Set(sessions).size).toBe(1);
    expect(own.connections()).toHaveLength(1);
  });

  test('one who gives up does not take it from the others', async () => {
    const connections = fixture.connections();
    const host = fixture.host('web', sshd.port);
    const stop = new AbortController();
    const impatient = connections.session(host, stop.signal);
    const patient = connections.session(host);
    stop.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    expect(await (await patient).run(script('echo ok'))).toMatchObject({ stdout: 'ok\n' });
  });

  test('close() hangs up, ends what runs, and ends what is being opened', async () => {
    const own = await fixture.sshd();
    const silent = await fixture.plainServer(() => undefined);
    const connections = fixture.connections();
    const session = await connections.session(fixture.host('web', own.port));
    const running = session.run(script('sleep 30')).catch((error: unknown) => error);
    const opening = connections.session(fixture.host('hung', silent)).catch((error: unknown) => error);
    await sleep(200);
    await connections.close();
    expect(String(await running)).toContain('closed');
    expect(String(await opening)).toContain('closed');
    await expect.poll(() => own.connections()).toEqual([]);
  });
});
