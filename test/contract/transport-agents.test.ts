import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SshTarget } from '../../src/lib/names/host.js';
import type { ConnectionOptions } from '../../src/lib/ssh/connections.js';
import type { Session } from '../../src/lib/ssh/transport.js';
import { agentWith, agentWithToken } from '../support/ssh-agent.js';
import { connectErrorOf, SshFixture, script } from '../support/ssh-fixture.js';
import type { KeyPair, Sshd } from '../support/sshd.js';

let fixture: SshFixture;
let sshd: Sshd;
let others: KeyPair[];

beforeAll(async () => {
  fixture = new SshFixture();
  others = ['one', 'two', 'three', 'four'].map((name) => fixture.lab.key(name));
  sshd = await fixture.sshd('MaxAuthTries 2');
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

function login(
  ssh: Partial<SshTarget>,
  options: Partial<ConnectionOptions> = {},
  port = sshd.port,
): Promise<Session> {
  return fixture.connections(options).session(fixture.host('web', port, ssh));
}

describe('which agent, and which of its keys', () => {
  test('IdentityAgent is asked instead of that of the environment, none is nobody', async () => {
    const empty = agentWith(fixture);
    const full = agentWith(fixture, fixture.client);
    await login({ identityFiles: [], agentSocket: full }, { agentSocket: empty });
    const none = await connectErrorOf(login({ identityFiles: [], agentSocket: null }, { agentSocket: full }));
    expect(none.message).toContain('there is no key to offer');
  });

  test('with IdentitiesOnly an agent full of others does no harm', async () => {
    const agentSocket = agentWith(fixture, ...others);
    const file = fixture.lab.key('stranger').file;
    const all = await connectErrorOf(login({ identityFiles: [file] }, { agentSocket }));
    expect(all.message).toContain('one (ssh-agent)');
    const only = await connectErrorOf(
      login({ identityFiles: [file], identitiesOnly: true }, { agentSocket }),
    );
    expect(only.message).not.toContain('ssh-agent');
    await login({ identitiesOnly: true }, { agentSocket });
  });

  test('with IdentitiesOnly the agent signs with the keys that are named', async () => {
    const agentSocket = agentWith(fixture, ...others, fixture.client);
    const publicHalf = `${fixture.client.file}.pub`;
    await login({ identityFiles: [publicHalf], identitiesOnly: true }, { agentSocket });
  });
});

describe('an OpenSSH certificate', () => {
  let certificates = 0;

  async function certified(type: string): Promise<{ user: KeyPair; certificate: string; port: number }> {
    const authority = fixture.lab.key(`authority-${type}-${++certificates}`);
    const user = fixture.lab.key(
      `user-${type}-${certificates}`,
      type,
      '',
      type === 'rsa' ? ['-b', '2048'] : [],
    );
    execFileSync('ssh-keygen', ['-q', '-s', authority.file, '-I', 'me', '-n', 'root', `${user.file}.pub`]);
    const trusted = join(fixture.lab.folder, `ca-${certificates}.pub`);
    writeFileSync(trusted, `${authority.publicLine}\n`);
    const { port } = await fixture.sshd(`TrustedUserCAKeys ${trusted}`);
    return { user, certificate: `${user.file}-cert.pub`, port };
  }

  test.each(['ed25519', 'ecdsa', 'rsa'])('of a key of type %s logs in by the agent', async (type) => {
    const { user, port } = await certified(type);
    const agentSocket = agentWith(fixture, user);
    const session = await login({ identityFiles: [user.file] }, { agentSocket }, port);
    expect(await session.run(script('echo in'))).toMatchObject({ stdout: 'in\n' });
    await login({ identityFiles: [] }, { agentSocket }, port);
  });

  test('that the agent has not goes before the key that it has', async () => {
    const { user, certificate, port } = await certified('ed25519');
    const lonely = join(fixture.lab.folder, 'lonely-cert.pub');
    execFileSync('mv', [certificate, lonely]);
    const agentSocket = agentWith(fixture, user);
    await login({ identityFiles: [user.file], certificateFiles: [lonely] }, { agentSocket }, port);
    const without = await connectErrorOf(login({ identityFiles: [user.file] }, { agentSocket }, port));
    expect(without.failure).toBe('auth-refused');
  });

  test('without an agent is said, with what would do', async () => {
    const { user, certificate, port } = await certified('ed25519');
    const error = await connectErrorOf(login({ identityFiles: [user.file] }, {}, port));
    expect(error.failure).toBe('unsupported');
    expect(error.message).toContain(
      `${certificate} is an OpenSSH certificate (ssh-ed25519-cert-v01@openssh.com)`,
    );
    expect(error.hint).toContain(`ssh-add ${user.file}`);
  });
});

describe('a FIDO key', () => {
  test('logs in by the agent', async () => {
    const { socket, publicLine } = await agentWithToken(fixture);
    const own = await fixture.lab.sshd([fixture.hostKey], [{ file: '', publicLine }]);
    const session = await login({ identityFiles: [] }, { agentSocket: socket }, own.port);
    expect(await session.run(script('echo touched'))).toMatchObject({ stdout: 'touched\n' });
    const file = join(fixture.lab.folder, 'id_sk.pub');
    writeFileSync(file, `${publicLine} token\n`);
    await login({ identityFiles: [file], identitiesOnly: true }, { agentSocket: socket }, own.port);
  });

  test('without an agent is said', async () => {
    const { publicLine } = await agentWithToken(fixture);
    const file = join(fixture.lab.folder, 'id_alone.pub');
    writeFileSync(file, `${publicLine} token\n`);
    const error = await connectErrorOf(login({ identityFiles: [file] }));
    expect(error.failure).toBe('unsupported');
    expect(error.message).toContain(`${file} is a FIDO key`);
    expect(error.hint).toContain('ssh-add');
  });
});
