import { execFileSync, spawn } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stringOf } from '../../src/lib/ssh/agent-keys.js';
import { readString } from '../../src/lib/ssh/openssh-key.js';
import type { SshFixture } from './ssh-fixture.js';
import { type KeyPair, killIfThere } from './sshd.js';

/** An ssh-agent of the test's own, with these keys in it, and their certificates. */
export function agentWith(fixture: SshFixture, ...keys: KeyPair[]): string {
  const socket = socketOf(fixture);
  const agent = spawn('/usr/bin/ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  fixture.onCleanup(() => killIfThere(agent.pid ?? 0));
  const env = { ...process.env, SSH_AUTH_SOCK: socket, SSH_ASKPASS_REQUIRE: 'never' };
  execFileSync('sh', ['-c', `until ssh-add -l >/dev/null 2>&1 || [ $? = 1 ]; do sleep 0.05; done`], { env });
  for (const key of keys) execFileSync('/usr/bin/ssh-add', ['-q', key.file], { env, stdio: 'ignore' });
  return socket;
}

function socketOf(fixture: SshFixture): string {
  return join(fixture.lab.folder, `agent-${Math.random().toString(36).slice(2)}`);
}

const APPLICATION = 'ssh:';
const FIDO = 'sk-ssh-ed25519@openssh.com';
const USER_IS_PRESENT = 1;

/** An agent that has a FIDO token, which is software here: it signs as PROTOCOL.u2f of OpenSSH says. */
export async function agentWithToken(fixture: SshFixture): Promise<{ socket: string; publicLine: string }> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const point = createPublicKey(createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })))
    .export({ type: 'spki', format: 'der' })
    .subarray(-32);
  const blob = fields(FIDO, point, APPLICATION);
  const signed = (message: Buffer) => {
    const counter = Buffer.from([0, 0, 0, 7]);
    const flags = Buffer.from([USER_IS_PRESENT]);
    const data = Buffer.concat([sha256(APPLICATION), flags, counter, sha256(message)]);
    return Buffer.concat([fields(FIDO, sign(null, data, privateKey)), flags, counter]);
  };
  const answer = (request: Buffer): Buffer => {
    if (request[0] === 11) return Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), fields(blob, 'token')]);
    const data = readString(request, readString(request, 1)?.end ?? 0)?.value ?? Buffer.alloc(0);
    return Buffer.concat([Buffer.from([14]), fields(signed(data))]);
  };
  const socket = socketOf(fixture);
  const server = createServer((client) => {
    client.on('data', (data) => {
      const request = readString(data, 0)?.value;
      if (request !== undefined) client.write(stringOf(answer(request)));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  fixture.onCleanup(() => server.close());
  return { socket, publicLine: `${FIDO} ${blob.toString('base64')}` };
}

function fields(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => stringOf(Buffer.from(part))));
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
