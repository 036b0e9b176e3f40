import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kuafu } from '../support/kuafu.js';
import { SshFixture } from '../support/ssh-fixture.js';
import { CODE, sshdThatAsks } from '../support/sshd-that-asks.js';

let fixture: SshFixture;
let config: string;
let env: Record<string, string>;

beforeAll(async () => {
  fixture = new SshFixture();
  const gate = await sshdThatAsks(fixture, 'AuthenticationMethods publickey,keyboard-interactive');
  const { port } = await fixture.sshd('ListenAddress 127.0.0.2\nListenAddress 127.0.0.3');
  const home = join(fixture.lab.folder, 'home');
  // In both, as the ssh_config of the lab's control host names files of its own.
  const knownHosts = fixture.knownHosts();
  mkdirSync(join(home, '.ssh'), { recursive: true });
  writeFileSync(
    join(home, '.ssh', 'config'),
    `Host gate\n  HostName 127.0.0.1\n  Port ${gate.port}\nHost web-*\n  Port ${port}\n  ProxyJump gate\nHost *\n  User root\n  IdentityFile ${fixture.client.file}\n  UserKnownHostsFile ${knownHosts}\n`,
  );
  config = join(home, 'kuafu.config.yaml');
  writeFileSync(
    config,
    `ssh: {knownHosts: ${knownHosts}}
rooms: {A: {network: 127.0.0.0/8, hosts: {'web-a-[1-3]': '127.0.0.[1-3]'}}}
`,
  );
  env = { HOME: home, KUAFU_CONFIG: config, XDG_STATE_HOME: home, SSH_AUTH_SOCK: '' };
});
afterAll(() => fixture.close());

/** On a terminal of its own, where somebody types a line when a question is there. */
function onTerminal(line: string, question: string, typed: string): Promise<string> {
  const words = ['-qefc', `stty cols 120; ${line}`, '/dev/null'];
  const child = spawn('script', words, { env: { ...process.env, CI: '', ...env }, stdio: 'pipe' });
  let screen = '';
  let isAnswered = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    if (isAnswered || !screen.includes(question)) return;
    isAnswered = true;
    setTimeout(() => child.stdin.write(typed), 200);
  });
  return new Promise((resolve) => child.once('close', () => resolve(screen)));
}

describe('a jump host of ssh_config that wants a second factor', () => {
  test('asks once on a terminal, for all hosts behind it', async () => {
    const screen = await onTerminal(
      `'${process.execPath}' bin/kuafu.js exec @all -- echo reached`,
      'gate asks: Password:',
      `${CODE}\r`,
    );
    expect(screen).toContain('gate asks: Password:');
    expect(screen).toContain('web-a-[1-3]');
    expect(screen).toContain('reached');
    expect(screen).not.toContain(CODE);
  });

  test.each([[['--no-input']], [[]]])(
    'without a terminal it is a sentence, and exit code 5 %j',
    async (flags) => {
      const { code, stderr } = await kuafu(['exec', '@all', ...flags, '--', 'echo', 'reached'], env);
      expect(code).toBe(5);
      expect(stderr.replace(/\s+/g, ' ')).toContain('wants a second factor (keyboard-interactive)');
    },
  );
});
