import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

const PLAIN = 'new-b-01';
/** Hosts whose root is odd, and what makes it so. */
const ODD: Readonly<Record<string, string>> = {
  'new-b-02': 'printf "echo hi; printf \\"oh no\\" >&2; set -x\\n" > /root/.bashrc',
  'new-b-03': 'usermod -s /usr/bin/tcsh root; printf "echo hi\\n" > /root/.cshrc',
  'new-b-04': 'usermod -s /usr/bin/fish root',
  'new-b-05': 'usermod -s /usr/bin/zsh root; echo "echo hi; echo no >&2" > /root/.zshenv',
};
const HOSTS = 'new-b-[01-05]';

const room = new LabRoom();
beforeAll(async () => {
  await room.open();
  for (const [host, line] of Object.entries(ODD)) await room.inHost(host, `cp -a /root /root.plain; ${line}`);
});
afterAll(async () => {
  for (const host of Object.keys(ODD))
    await room.inHost(
      host,
      'usermod -s /bin/bash root; cp -a /root.plain/. /root; rm -rf /root.plain /root/.cshrc /root/.zshenv',
    );
  await room.close();
});

const exec = (...words: readonly string[]) => room.kuafu(['exec', ...words]);

describe('kuafu exec on hosts with odd login shells', () => {
  it.each([
    'uptime > /dev/null; echo "$0 $SHELL" | tr -d "\\n" | wc -l; echo "it\'s" !! $((1+1))',
    'for i in 1 2; do\n  echo "line $i"\ndone\nexit 3',
    'printf "%s\\n" "é 漢" \'$HOME\' `echo sub` "a\\\\b"; echo err >&2',
  ])('gives one answer for all: %j', async (script) => {
    const { stdout, stderr } = await exec(HOSTS, '--json', '--', script);
    const { hosts } = JSON.parse(stdout);
    const [first] = hosts;
    expect(first.status).toBe('exited');
    for (const each of hosts)
      expect(each).toMatchObject({
        exitCode: first.exitCode,
        stdout: first.stdout,
        stderr: first.stderr,
        group: 0,
      });
    expect(stderr).not.toContain('hi');
  });

  it('noise is named by kuafu agents, and is no answer', async () => {
    const { code, stdout, stderr } = await room.kuafu(['agents', HOSTS, '--json']);
    expect({ code, stderr }).toMatchObject({ code: expect.any(Number) });
    const noise = JSON.parse(stdout).hosts.map(
      ({ host, loginNoise }: { host: string; loginNoise: string }) => [host, loginNoise],
    );
    expect(noise).toEqual([
      [PLAIN, null],
      ['new-b-02', 'hi'],
      ['new-b-03', 'hi'],
      ['new-b-04', null],
      ['new-b-05', 'hi'],
    ]);
    expect((await room.kuafu(['agents', HOSTS])).stderr).toContain(
      'new-b-[02-03,05]: the login shell prints "hi" before every command\n',
    );
  });

  it('a host whose root may not log in says so in its own words', async () => {
    await room.inHost('new-b-06', 'usermod -s /usr/sbin/nologin root');
    try {
      const { code, stderr } = await exec('new-b-06', '--', 'true');
      expect(stderr).toContain(
        'its login shell runs no commands: "This account is currently not available."',
      );
      expect(code).toBe(4);
    } finally {
      await room.inHost('new-b-06', 'usermod -s /bin/bash root');
    }
  });
});

describe('an expansion with spares that talk', () => {
  it('ends, takes them as they are, and names the noise', async () => {
    const { code, stdout, stderr } = await room.kuafu(room.scaleWords({ count: 4, start: true }));
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('in traffic') });
    expect(stderr).toContain('its login shell prints "hi" before every command');
  });
});
