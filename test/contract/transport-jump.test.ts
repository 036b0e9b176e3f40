import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { jumpHosts } from '../support/jump-hosts.js';
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

describe('jump hosts', () => {
  test('one bastion connection for all behind it, each hop checked', async () => {
    const bastion = await fixture.sshd();
    const targets = await Promise.all([fixture.sshd(), fixture.sshd(), fixture.sshd()]);
    const gw = fixture.host('gw-a', bastion.port);
    const connections = fixture.connections({ findJumpHost: jumpHosts(gw) });
    const hosts = targets.map(({ port }, n) => fixture.host(`web-${n}`, port, { proxyJump: ['gw-a'] }));
    const sessions = await Promise.all([...hosts, gw].map((host) => connections.session(host)));
    const outputs = await Promise.all(sessions.map((session) => session.run(script('echo $SSH_CONNECTION'))));
    expect(outputs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(bastion.connections()).toHaveLength(1);
    // The target's peer is the bastion's own sshd process, and not us.
    expect(bastion.log().match(/Accepted publickey/g)).toHaveLength(1);
  });

  test('hangUp() leaves a bastion open for those behind it', async () => {
    const bastion = await fixture.sshd();
    const gw = fixture.host('gw-a', bastion.port);
    const connections = fixture.connections({ findJumpHost: jumpHosts(gw) });
    await connections.session(gw);
    const session = await connections.session(fixture.host('web', sshd.port, { proxyJump: ['gw-a'] }));
    connections.hangUp(gw);
    expect(await session.run(script('echo still'))).toMatchObject({ stdout: 'still\n' });
  });

  test('a chain of three, the last one written as an address', async () => {
    const [one, two, three] = await Promise.all([fixture.sshd(), fixture.sshd(), fixture.sshd()]);
    const gw = fixture.host('gw-a', one.port);
    const proxyJump = ['gw-a', `root@127.0.0.1:${two.port}`];
    const host = fixture.host('deep', three.port, { proxyJump });
    const session = await fixture.connections({ findJumpHost: jumpHosts(gw) }).session(host);
    expect(await session.run(script('echo deep'))).toMatchObject({ stdout: 'deep\n' });
    expect([one, two, three].map((each) => each.connections().length)).toEqual([1, 1, 1]);
  });

  test('an unknown key behind the bastion is refused as anywhere', async () => {
    const bastion = await fixture.sshd();
    const file = fixture.knownHosts(`gw-a ${fixture.hostKey.publicLine}`);
    const gw = fixture.host('gw-a', bastion.port);
    const connections = fixture.connections({ findJumpHost: jumpHosts(gw), knownHostsFiles: [file] });
    const error = await connectErrorOf(
      connections.session(fixture.host('web', sshd.port, { proxyJump: ['gw-a'] })),
    );
    expect(error).toMatchObject({ failure: 'host-key-unknown', host: 'web' });
  });

  test('a dead bastion and a dead target are told apart, both by name', async () => {
    const bastion = await fixture.sshd();
    const gw = fixture.host('gw-a', bastion.port);
    const dead = fixture.host('gw-dead', await freePort());
    const connections = fixture.connections({ findJumpHost: jumpHosts(gw, dead) });
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
        .connections({ findJumpHost: jumpHosts(gw) })
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
    const connections = fixture.connections({ findJumpHost: jumpHosts(gw) });
    expect(await connectErrorOf(connections.session(host))).toMatchObject({
      failure: 'timed-out',
      host: 'hung',
    });
  });

  test('so does one whose packets the bastion never sees answered', async () => {
    const bastion = await fixture.sshd();
    const gw = fixture.host('gw-a', bastion.port);
    const connections = fixture.connections({ findJumpHost: jumpHosts(gw) });
    const session = await connections.session(gw);
    for (const pid of bastion.connections()) killIfThere(pid, 'SIGSTOP');
    const host = fixture.host('lost', 22, { proxyJump: ['gw-a'], connectTimeoutMs: 500 });
    const error = await connectErrorOf(connections.session(host));
    expect(error).toMatchObject({ failure: 'timed-out', host: 'lost' });
    expect(error.message).toContain('through gw-a: no answer');
    expect(session.host).toBe('gw-a');
  });

  test('a killed bastion is opened anew with what is behind it', async () => {
    const bastion = await fixture.sshd();
    const gw = fixture.host('gw-a', bastion.port);
    const connections = fixture.connections({ findJumpHost: jumpHosts(gw) });
    const host = fixture.host('web', sshd.port, { proxyJump: ['gw-a'] });
    const first = await connections.session(host);
    const running = first.run(script('sleep 30')).catch((error: unknown) => error);
    for (const pid of bastion.connections()) killIfThere(pid);
    expect(String(await running)).toContain('web: the connection was lost');
    const second = await connections.session(host);
    expect(await second.run(script('echo again'))).toMatchObject({ stdout: 'again\n' });
  });
});
