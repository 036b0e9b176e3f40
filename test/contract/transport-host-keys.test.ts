import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectErrorOf, SshFixture } from '../support/ssh-fixture.js';
import type { Sshd } from '../support/sshd.js';

let fixture: SshFixture;
let sshd: Sshd;

beforeAll(async () => {
  fixture = new SshFixture();
  sshd = await fixture.sshd();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

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
