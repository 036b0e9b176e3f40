import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionOptions } from '../../src/lib/ssh/connections.js';
import type { Session } from '../../src/lib/ssh/transport.js';
import { agentWith } from '../support/ssh-agent.js';
import { connectErrorOf, SshFixture, script } from '../support/ssh-fixture.js';
import type { KeyPair, Sshd } from '../support/sshd.js';

let fixture: SshFixture;
let locked: KeyPair;
let ecdsa: KeyPair;
let rsa: KeyPair;
let stranger: KeyPair;
let sshd: Sshd;

beforeAll(async () => {
  fixture = new SshFixture();
  locked = fixture.lab.key('locked', 'ed25519', 'open sesame', ['-a', '4']);
  ecdsa = fixture.lab.key('ecdsa', 'ecdsa');
  rsa = fixture.lab.key('rsa', 'rsa', '', ['-b', '2048']);
  stranger = fixture.lab.key('stranger');
  sshd = await fixture.lab.sshd([fixture.hostKey], [fixture.client, locked, ecdsa, rsa]);
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

function login(
  identityFiles: readonly string[],
  options: Partial<ConnectionOptions> = {},
  port = sshd.port,
): Promise<Session> {
  return fixture.connections(options).session(fixture.host('web', port, { identityFiles }));
}

describe('identity files', () => {
  test('of every kind, the right one after wrong ones', async () => {
    for (const key of [ecdsa, rsa, fixture.client]) {
      const session = await login([stranger.file, '/nonexistent/key', key.file]);
      expect(await session.run(script('echo in'))).toMatchObject({ stdout: 'in\n' });
    }
  });

  test('in PEM format', async () => {
    const file = join(fixture.lab.folder, 'rsa.pem');
    copyFileSync(rsa.file, file);
    execFileSync('chmod', ['600', file]);
    execFileSync('ssh-keygen', ['-q', '-p', '-m', 'PEM', '-N', '', '-f', file]);
    await login([file]);
  });

  test('refused: says who was refused, with which keys', async () => {
    const error = await connectErrorOf(login([stranger.file]));
    expect(error).toMatchObject({ failure: 'auth-refused', host: 'web' });
    expect(error.message).toContain('root@127.0.0.1');
    expect(error.message).toContain(stranger.file);
    expect(error.hint).toContain('ssh-copy-id');
  });

  test('refused once is refused: no second attempt', async () => {
    const own = await fixture.sshd('LogLevel VERBOSE');
    await connectErrorOf(login([stranger.file], {}, own.port));
    await expect.poll(() => own.log()).toContain('Connection closed');
    expect(own.log().match(/Connection from/g)).toHaveLength(1);
  });

  test('more than the server takes: says so', async () => {
    const own = await fixture.sshd('MaxAuthTries 3');
    const keys = [1, 2, 3, 4, 5, 6, 7].map((n) => fixture.lab.key(`many-${n}`).file);
    const error = await connectErrorOf(login([...keys, fixture.client.file], {}, own.port));
    expect(error.failure).toBe('auth-refused');
    expect(error.hint).toContain('MaxAuthTries');
  });
});

describe('encrypted keys', () => {
  test('the passphrase is asked once for many hosts, and only when a host wants the key', async () => {
    const other = await fixture.lab.sshd([fixture.hostKey], [locked]);
    const asked: string[] = [];
    const askPassphrase = async (file: string) => {
      asked.push(file);
      return 'open sesame';
    };
    const connections = fixture.connections({ askPassphrase });
    const ssh = { identityFiles: [fixture.client.file, locked.file] };
    await connections.session(fixture.host('unlocked', sshd.port, ssh));
    expect(asked).toEqual([]);
    const only = { identityFiles: [locked.file] };
    await Promise.all([
      connections.session(fixture.host('a', other.port, only)),
      connections.session(fixture.host('b', other.port, only)),
      connections.session(fixture.host('c', sshd.port, only)),
    ]);
    expect(asked).toEqual([locked.file]);
  });

  test('a slow typist is not cut off by connectTimeout', async () => {
    const askPassphrase = () =>
      new Promise<string>((resolve) => setTimeout(() => resolve('open sesame'), 6000));
    const host = fixture.host('web', sshd.port, { identityFiles: [locked.file], connectTimeoutMs: 5000 });
    await fixture.connections({ askPassphrase }).session(host);
  });

  test('without a passphrase or with a wrong one: the key is named, and ssh-add', async () => {
    const none = await connectErrorOf(login([locked.file]));
    expect(none).toMatchObject({ failure: 'auth-refused', hint: expect.stringContaining('ssh-add') });
    expect(none.message).toContain(`${locked.file} is encrypted`);
    const wrong = await connectErrorOf(login([locked.file], { askPassphrase: async () => 'guess' }));
    expect(wrong.message).toContain(`the passphrase of ${locked.file} is wrong`);
  });
});

describe('ssh-agent', () => {
  test('ed25519, ECDSA and RSA sign', async () => {
    for (const key of [fixture.client, ecdsa, rsa]) {
      const session = await login([`${stranger.file}`], { agentSocket: agentWith(fixture, key) });
      expect(await session.run(script('echo in'))).toMatchObject({ stdout: 'in\n' });
    }
  });

  test('the key of the identity file goes before the others it holds', async () => {
    const own = await fixture.sshd('MaxAuthTries 2');
    const others = [1, 2, 3, 4].map((n) => fixture.lab.key(`agent-${n}`));
    const agentSocket = agentWith(fixture, ...others, fixture.client);
    await login([fixture.client.file], { agentSocket }, own.port);
    await login([`${fixture.client.file}.pub`], { agentSocket }, own.port);
  });

  test('it opens an encrypted key without a question', async () => {
    const plain = join(fixture.lab.folder, 'unlocked-copy');
    copyFileSync(locked.file, plain);
    execFileSync('chmod', ['600', plain]);
    execFileSync('ssh-keygen', ['-q', '-p', '-P', 'open sesame', '-N', '', '-f', plain]);
    const agentSocket = agentWith(fixture, { ...locked, file: plain });
    await login([locked.file], { agentSocket, askPassphrase: () => Promise.reject(new Error('asked')) });
  });

  test('one that is dead does not matter when a file will do, and is named when none will', async () => {
    const agentSocket = '/nonexistent/agent';
    await login([fixture.client.file], { agentSocket });
    const error = await connectErrorOf(login([stranger.file], { agentSocket }));
    expect(error.message).toContain('ssh-agent at /nonexistent/agent cannot be asked');
  });
});

describe('what the library cannot do', () => {
  test('a PKCS#8 file: says how to convert it', async () => {
    const file = join(fixture.lab.folder, 'pkcs8');
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const error = await connectErrorOf(login([file]));
    expect(error).toMatchObject({
      failure: 'unsupported',
      hint: expect.stringContaining('ssh-keygen -p -f'),
    });
  });
});
