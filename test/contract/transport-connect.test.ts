import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../src/lib/inventory/inventory-types.js';
import { connectErrorOf, SshFixture, script } from '../support/ssh-fixture.js';
import { freePort, killIfThere, type Sshd } from '../support/sshd.js';

let fixture: SshFixture;
let sshd: Sshd;

beforeAll(async () => {
  fixture = new SshFixture();
  sshd = await fixture.sshd();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

function byName(...hosts: Host[]): (name: string) => Host | undefined {
  return (name) => hosts.find((host) => host.name === name);
}

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

  test('one that hangs up before its greeting is tried again, four times', async () => {
    let tries = 0;
    const port = await fixture.plainServer((socket) => {
      tries++;
      socket.end('Exceeded MaxStartups\r\n');
    });
    const error = await connectErrorOf(fixture.connections().session(fixture.host('web', port)));
    expect(error).toMatchObject({ failure: 'dropped' });
    expect(error.hint).toContain('MaxStartups');
    expect(tries).toBe(4);
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

describe('host keys', () => {
  test('unknown: refused, with the fingerprint and what to type', async () => {
    const connections = fixture.connections({ knownHostsFiles: [fixture.knownHosts('# nobody')] });
    const error = await connectErrorOf(connections.session(fixture.host('web', sshd.port)));
    expect(error.failure).toBe('host-key-unknown');
    const fingerprint = execFileSync('ssh-keygen', ['-lf', `${fixture.hostKey.file}.pub`], {
      encoding: 'utf8',
    });
    expect(error.message).toContain(fingerprint.split(' ')[1]);
    const echoed = /echo '([^']+)'/.exec(error.hint ?? '')?.[1] ?? '';
    const now = fixture.connections({ knownHostsFiles: [fixture.knownHosts(echoed)] });
    await now.session(fixture.host('web', sshd.port));
  });

  test('changed: refused, with both fingerprints, the line and how to remove it', async () => {
    const other = fixture.lab.key('other-host-key');
    const file = fixture.knownHosts('# first', `[127.0.0.1]:${sshd.port} ${other.publicLine}`);
    const connections = fixture.connections({ knownHostsFiles: [file] });
    const host = fixture.host('web', sshd.port, { hostKeys: 'accept-new' });
    const error = await connectErrorOf(connections.session(host));
    expect(error.failure).toBe('host-key-changed');
    expect(error.message.match(/SHA256:/g)).toHaveLength(2);
    expect(error.message).toContain(`${file}:2`);
    expect(error.hint).toContain(`ssh-keygen -R '[127.0.0.1]:${sshd.port}' -f ${file}`);
  });

  test('known only by a hash', async () => {
    const file = fixture.knownHosts(`[127.0.0.1]:${sshd.port} ${fixture.hostKey.publicLine}`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/);
    await fixture.connections({ knownHostsFiles: [file] }).session(fixture.host('web', sshd.port));
  });

  test.each([['plain'], ['hashed']])('of several, the one that is known is asked for (%s)', async (form) => {
    const rsa = fixture.lab.key(`rsa-${form}`, 'rsa', '', ['-b', '2048']);
    const own = await fixture.lab.sshd([fixture.hostKey, rsa], [fixture.client]);
    const other = fixture.lab.key(`unrelated-${form}`);
    const file = fixture.knownHosts(
      `elsewhere ${other.publicLine}`,
      `[127.0.0.1]:${own.port} ${rsa.publicLine}`,
    );
    if (form === 'hashed') execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    await fixture.connections({ knownHostsFiles: [file] }).session(fixture.host('web', own.port));
  });

  test('revoked', async () => {
    const { publicLine } = fixture.hostKey;
    const file = fixture.knownHosts(`* ${publicLine}`, `@revoked * ${publicLine}`);
    const error = await connectErrorOf(
      fixture.connections({ knownHostsFiles: [file] }).session(fixture.host('web', sshd.port)),
    );
    expect(error).toMatchObject({ failure: 'host-key-changed' });
    expect(error.message).toContain('revokes');
  });

  test('accept-new writes it down once and says so; from then on it counts', async () => {
    const own = await fixture.sshd();
    const newKeysFile = join(fixture.lab.folder, 'fresh', 'state', 'keys');
    const none = { knownHostsFiles: [], newKeysFile };
    const told: string[] = [];
    const onNewHostKey = (host: string, fingerprint: string) => told.push(`${host} ${fingerprint}`);
    const spare = fixture.host('spare', own.port, { hostKeys: 'accept-new' });
    await fixture.connections({ ...none, onNewHostKey }).session(spare);
    await fixture.connections({ ...none, onNewHostKey }).session(spare);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^spare SHA256:/);
    const { publicLine } = fixture.hostKey;
    const line = `[spare]:${own.port},[127.0.0.1]:${own.port} ${publicLine}\n`;
    expect(readFileSync(newKeysFile, 'utf8')).toBe(line);
    expect(statSync(newKeysFile).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(newKeysFile)).mode & 0o777).toBe(0o700);
    await fixture.connections(none).session({ ...spare, ssh: { ...spare.ssh, hostKeys: 'strict' } });

    const impostor = fixture.lab.key('impostor');
    own.stop();
    const second = await fixture.lab.sshd([impostor], [fixture.client], `Port ${own.port}`);
    const error = await connectErrorOf(fixture.connections(none).session(spare));
    expect(error.failure).toBe('host-key-changed');
    expect(second.log()).not.toContain('Accepted');
  });

  test('a key that its host does not own is not written down', async () => {
    // It shows the public key of somebody else and cannot sign with it.
    const newKeysFile = join(fixture.lab.folder, 'liar');
    const relay = await fixture.plainServer((socket) => {
      const upstream = connect(sshd.port, '127.0.0.1').on('error', () => undefined);
      let passed = 0;
      upstream.on('data', (chunk) => {
        // Greeting and KEXINIT pass; in the reply to the key exchange one byte of the signature is turned.
        passed += chunk.length;
        if (passed > 1200 && chunk.includes('ssh-ed25519')) {
          const at = chunk.lastIndexOf('ssh-ed25519') + 30;
          chunk[at] = (chunk[at] ?? 0) ^ 1;
        }
        socket.write(chunk);
      });
      socket.pipe(upstream);
    });
    const host = fixture.host('liar', relay, { hostKeys: 'accept-new', connectTimeoutMs: 3000 });
    const error = await connectErrorOf(
      fixture.connections({ knownHostsFiles: [], newKeysFile }).session(host),
    );
    expect(error.message).toContain('signature');
    expect(existsSync(newKeysFile)).toBe(false);
  });
});

describe('jump hosts', () => {
  test('one bastion connection for all behind it, each hop checked', async () => {
    const bastion = await fixture.sshd();
    const targets = await Promise.all([fixture.sshd(), fixture.sshd(), fixture.sshd()]);
    const gw = fixture.host('gw-a', bastion.port);
    const connections = fixture.connections({ hostByName: byName(gw) });
    const hosts = targets.map(({ port }, n) => fixture.host(`web-${n}`, port, { proxyJump: ['gw-a'] }));
    const sessions = await Promise.all([...hosts, gw].map((host) => connections.session(host)));
    const outputs = await Promise.all(sessions.map((session) => session.run(script('echo $SSH_CONNECTION'))));
    expect(outputs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(bastion.connections()).toHaveLength(1);
    // The target's peer is the bastion's own sshd process, and not us.
    expect(bastion.log().match(/Accepted publickey/g)).toHaveLength(1);
  });

  test('a chain of three, the last one written as an address', async () => {
    const [one, two, three] = await Promise.all([fixture.sshd(), fixture.sshd(), fixture.sshd()]);
    const gw = fixture.host('gw-a', one.port);
    const proxyJump = ['gw-a', `root@127.0.0.1:${two.port}`];
    const host = fixture.host('deep', three.port, { proxyJump });
    const session = await fixture.connections({ hostByName: byName(gw) }).session(host);
    expect(await session.run(script('echo deep'))).toMatchObject({ stdout: 'deep\n' });
    expect([one, two, three].map((each) => each.connections().length)).toEqual([1, 1, 1]);
  });

  test('an unknown key behind the bastion is refused as anywhere', async () => {
    const bastion = await fixture.sshd();
    const file = fixture.knownHosts(`gw-a ${fixture.hostKey.publicLine}`);
    const gw = fixture.host('gw-a', bastion.port);
    const connections = fixture.connections({ hostByName: byName(gw), knownHostsFiles: [file] });
    const error = await connectErrorOf(
      connections.session(fixture.host('web', sshd.port, { proxyJump: ['gw-a'] })),
    );
    expect(error).toMatchObject({ failure: 'host-key-unknown', host: 'web' });
  });

  test('a dead bastion and a dead target are told apart, both by name', async () => {
    const bastion = await fixture.sshd();
    const gw = fixture.host('gw-a', bastion.port);
    const dead = fixture.host('gw-dead', await freePort());
    const connections = fixture.connections({ hostByName: byName(gw, dead) });
    const port = await freePort();
    const target = await connectErrorOf(
      connections.session(fixture.host('web', port, { proxyJump: ['gw-a'] })),
    );
    expect(target).toMatchObject({ failure: 'unreachable', host: 'web' });
    expect(target.message).toContain('gw-a cannot connect to it');
    const jump = await connectErrorOf(
      connections.session(fixture.host('web', port, { proxyJump: ['gw-dead'] })),
    );
    expect(jump).toMatchObject({ failure: 'unreachable', host: 'web' });
    expect(jump.message).toContain('its jump host: gw-dead');
  });

  test('a bastion that forbids it says so', async () => {
    const bastion = await fixture.sshd('AllowTcpForwarding no');
    const gw = fixture.host('gw-a', bastion.port);
    const error = await connectErrorOf(
      fixture
        .connections({ hostByName: byName(gw) })
        .session(fixture.host('web', sshd.port, { proxyJump: ['gw-a'] })),
    );
    expect(error.message).toContain('gw-a does not let us through');
    expect(error.hint).toContain('AllowTcpForwarding');
  });

  test('a target that hangs behind the bastion meets its deadline', async () => {
    const bastion = await fixture.sshd();
    const silent = await fixture.plainServer(() => undefined);
    const gw = fixture.host('gw-a', bastion.port);
    const host = fixture.host('hung', silent, { proxyJump: ['gw-a'], connectTimeoutMs: 800 });
    const connections = fixture.connections({ hostByName: byName(gw) });
    expect(await connectErrorOf(connections.session(host))).toMatchObject({
      failure: 'timed-out',
      host: 'hung',
    });
  });

  test('a killed bastion is opened anew with what is behind it', async () => {
    const bastion = await fixture.sshd();
    const gw = fixture.host('gw-a', bastion.port);
    const connections = fixture.connections({ hostByName: byName(gw) });
    const host = fixture.host('web', sshd.port, { proxyJump: ['gw-a'] });
    const first = await connections.session(host);
    const running = first.run(script('sleep 30')).catch((error: unknown) => error);
    for (const pid of bastion.connections()) killIfThere(pid);
    expect(String(await running)).toContain('web: the connection was lost');
    const second = await connections.session(host);
    expect(await second.run(script('echo again'))).toMatchObject({ stdout: 'again\n' });
  });
});
