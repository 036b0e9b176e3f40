import { expect, test } from 'vitest';
import type { Host } from '../../../src/lib/names/host.js';
import { scriptCommand } from '../../../src/lib/shell/quote.js';
import { LinkLostError } from '../../../src/lib/ssh/connect-error.js';
import { FakeConnections } from '../../support/fake-connections.js';

const web: Host = {
  name: 'web',
  room: 'A',
  role: 'member',
  ssh: {
    address: '198.18.1.11',
    port: 22,
    user: 'root',
    identityFiles: [],
    proxyJump: [],
    hostKeys: 'strict',
    connectTimeoutMs: 1000,
  },
};

test('answers come in order, and all were asked for', async () => {
  const fake = new FakeConnections().on('web', /is-active/, { stdout: 'active\n' }, { exitCode: 3 });
  const session = await fake.session(web);
  const command = scriptCommand('systemctl is-active "$1"', ['shop'], 'read', 1000);
  expect(await session.run(command)).toMatchObject({ exitCode: 0, stdout: 'active\n' });
  expect(() => fake.verify()).toThrow('1 of 2');
  expect(await session.run(command, { stdin: 'x' })).toMatchObject({ exitCode: 3 });
  fake.verify();
  expect(fake.calls.map(({ stdin }) => stdin)).toEqual(['', 'x']);
});

test('a command that nobody spoke of fails, also when the error is swallowed', async () => {
  const fake = new FakeConnections().always('web', 'uptime', new LinkLostError('web'));
  const session = await fake.session(web);
  const reboot = scriptCommand('reboot', [], 'write', 1000);
  await expect(session.run(scriptCommand('uptime', [], 'read', 1))).rejects.toBeInstanceOf(LinkLostError);
  await expect(session.run(reboot)).rejects.toThrow('unexpected command');
  await expect(session.connectUnix('/run/x.sock', 1)).rejects.toThrow('unexpected connection');
  expect(() => fake.verify()).toThrow('reboot');
});
