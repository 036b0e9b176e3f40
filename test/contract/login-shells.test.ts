import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  CommandRefusedError,
  CommandTimeoutError,
  LoginShellError,
} from '../../src/lib/ssh/connect-error.js';
import type { Session } from '../../src/lib/ssh/transport.js';
import { HARDENED, NOISY, SHELLS } from '../support/accounts.js';
import { SshFixture, script } from '../support/ssh-fixture.js';
import type { Account } from '../support/sshd.js';

let fixture: SshFixture;
beforeAll(() => {
  fixture = new SshFixture();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

async function session(account: Account, more = ''): Promise<Session> {
  const { port } = await fixture.sshd(more, account);
  return await fixture.connections().session(fixture.host('web', port));
}

const bashrc = (text: string): Account => ({ files: { '.bashrc': `${text}\n` } });

describe.each([...Object.entries(SHELLS), ...Object.entries(NOISY)])(
  'a login shell: %s',
  (_name, account) => {
    test('does not touch what goes in, comes out, or how it ends', async () => {
      const nasty = `a b 'c' "d" $(exit 9) \`e\` \n !x !! ^a^b -f * ? ~ {a,b} é漢 %s \\0 \\c \\; \\\n\n`;
      const host = await session(account);
      const text = 'printf %s "$1"; cat; echo bad >&2; exit 7';
      const result = await host.run(script(text, 20_000, nasty), { stdin: 'of\0mine' });
      expect(result).toMatchObject({ exitCode: 7, stdout: `${nasty}of\0mine`, stderr: 'bad\n' });
      const seen: Buffer[] = [];
      const streamed = await host.run(script('printf one; sleep 0.1; printf two'), {
        onStdout: (chunk) => void seen.push(Buffer.from(chunk)),
      });
      expect(streamed).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
      expect(`${Buffer.concat(seen)}`).toBe('onetwo');
      expect(await host.run(script('true'))).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
      expect(await host.run(script('kill -TERM $$'))).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
    });
  },
);

describe('what a login shell says', () => {
  test('is kept, to be named', async () => {
    const noisy = await session(bashrc('printf "\\033[1mhi  \\n"; echo second'));
    expect(noisy.loginNoise).toBe('');
    await noisy.run(script('echo mine'));
    expect(noisy.loginNoise).toBe('?[1mhi');
    const silent = await session({});
    await silent.run(script('echo mine; echo mine >&2'));
    expect(silent.loginNoise).toBe('');
  });

  test('is the reason, where it runs no commands', async () => {
    const host = await session({ shell: '/usr/sbin/nologin' });
    const error = await host.run(script('true')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandRefusedError);
    expect(String(error)).toContain('runs no commands: "This account is currently not available."');
    const mute = await session({ shell: '/bin/false' });
    await expect(mute.run(script('true'))).rejects.toThrow(
      'web: its login shell runs no commands and says nothing',
    );
    const ended = await session(bashrc('echo no root here; exit 0'));
    await expect(ended.run(script('true'))).rejects.toThrow('runs no commands: "no root here"');
  });

  test('is the reason, where it never comes to the command', async () => {
    const host = await session(bashrc('echo wait for me; sleep 60'));
    const error = await host.run(script('true', 2000)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandTimeoutError);
    expect(String(error)).toContain('its login shell had not begun it, and printed "wait for me"');
  });

  test.each([
    ['stdout', 'yes'],
    ['stderr', 'yes >&2'],
  ])('without end on %s ends soon, and memory holds', async (_stream, line) => {
    const host = await session(bashrc(line));
    const before = process.memoryUsage().rss;
    const error = await host.run(script('true', 60_000)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LoginShellError);
    expect(String(error)).toContain('prints without end, and printed "y"');
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 ** 2);
  });

  test.each([
    ['stdout', 'exec > /dev/null'],
    ['stderr', 'exec 2> /dev/null'],
    ['stderr', 'exec 2>&1'],
  ])('when it sends %s elsewhere: %s', async (stream, line) => {
    const host = await session(bashrc(line));
    await expect(host.run(script('echo x; echo y >&2'))).rejects.toThrow(`sends ${stream} elsewhere`);
  });
});

describe('what is meant for the command', () => {
  test('is not read by a start file, which meets the deadline', async () => {
    const host = await session(bashrc('read -r word; echo "I read $word"'));
    // Without standard input it is at its end, for whoever asks.
    expect(await host.run(script('cat; echo done'))).toMatchObject({ stdout: 'done\n' });
    const error = await host
      .run(script('cat', 1500), { stdin: 's3cret\n' })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandTimeoutError);
    expect(String(error)).not.toContain('s3cret');
  });

  test('a stream waits, too, and a failing one is heard while it waits', async () => {
    const host = await session(bashrc('sleep 1'));
    const source = new PassThrough();
    source.end('all of it');
    expect(await host.run(script('cat'), { stdin: source })).toMatchObject({ stdout: 'all of it' });
    const failing = new PassThrough();
    const running = host.run(script('cat'), { stdin: failing });
    failing.destroy(new Error('disk gone'));
    await expect(running).rejects.toThrow('disk gone');
  });

  test('the caller gets out while the shell is busy', async () => {
    const host = await session(bashrc('sleep 60'));
    const stop = new AbortController();
    const running = host.run(script('true', 60_000), { signal: stop.signal, stdin: 'x' });
    await sleep(500);
    const startedAt = performance.now();
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

test('who hung up before the command began is not served later', async () => {
  const host = await session(bashrc('sleep 3; ls /root/*ran* 2> /dev/null'));
  await host.run(script('touch /root/it-ran', 1000)).catch(() => 'late');
  await sleep(4000);
  const calm = await host.run(script('ls /root; echo', 20_000));
  expect(calm.stdout).not.toContain('it-ran');
});

test.each([100, 30_000, 34_950, 35_010, 100_000, 250_000])(
  'on a host that is hardened, behind a banner of %i bytes',
  async (bytes) => {
    const banner = `${'All access is logged. '.repeat(5)}\n`.repeat(2500).slice(0, bytes);
    const account = { files: { '.bashrc': 'echo hi\n', banner } };
    const host = await session(account, `Banner /root/banner\nRekeyLimit 300K\n${HARDENED}`);
    const all = await Promise.all(Array.from({ length: 6 }, (_, n) => host.run(script(`echo ${n}`))));
    expect(all.map(({ stdout }) => stdout)).toEqual(all.map((_, n) => `${n}\n`));
    // More than one packet's worth in both directions, on the keys of the login and on new ones.
    const megabyte = Buffer.alloc(1_000_000, 'kuafu');
    const echoed = await host.run(script('cat'), { stdin: megabyte, maxOutputBytes: 2_000_000 });
    expect(Buffer.from(echoed.stdout).equals(megabyte)).toBe(true);
  },
);

test.each(['aes256-gcm@openssh.com', 'aes128-ctr', 'chacha20-poly1305@openssh.com'])(
  'behind a long banner, where sshd wants %s: logs in, or says what is in the way',
  async (cipher) => {
    const account = { files: { banner: 'x'.repeat(100_000) } };
    const { port } = await fixture.sshd(`Banner /root/banner\nCiphers ${cipher}`, account);
    const login = fixture.connections().session(fixture.host('web', port));
    if (cipher.includes('gcm'))
      expect(await (await login).run(script('echo in'))).toMatchObject({ stdout: 'in\n' });
    else
      await expect(login).rejects.toMatchObject({
        failure: 'unsupported',
        message: expect.stringContaining('the login is not understood'),
        hint: expect.stringContaining('Banner and Ciphers'),
      });
  },
);

test('a command too long for Linux is refused with a word about it', async () => {
  const host = await session({});
  const long = (bytes: number) => host.run(script(`: ${'x'.repeat(bytes)}; printf ok`));
  expect(await long(130_000)).toMatchObject({ stdout: 'ok' });
  await expect(long(131_100)).rejects.toBeInstanceOf(CommandRefusedError);
});

test('a command that closes its output early has its status all the same', async () => {
  const host = await session({});
  expect(await host.run(script('echo x; exec >&- 2>&-; sleep 1; exit 3'))).toMatchObject({
    exitCode: 3,
    stdout: 'x\n',
  });
});
