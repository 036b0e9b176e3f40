import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

const SPARES = 'new-b-[01-08]';
const room = new LabRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

/** Until a process with this command line runs on the host. */
async function untilRuns(host: string, line: string): Promise<void> {
  await room.inHost(host, `for i in $(seq 400); do pgrep -fx '${line}' && exit 0; sleep 0.05; done; exit 1`);
}

const exec = (...words: readonly string[]) => room.kuafu(['exec', ...words]);

describe('kuafu exec', () => {
  it('shows equal output once and the odd ones by themselves', async () => {
    const script =
      'case $(hostname) in new-b-03) echo odd;; new-b-05) echo bad; exit 3;; *) echo active;; esac';
    const { code, stdout, stderr } = await exec(SPARES, '--', script);
    expect(stdout).toBe('new-b-[01-02,04,06-08]: active\nnew-b-03: odd\nnew-b-05 (exit 3): bad\n');
    expect(stderr).toMatch(/^7 done, 1 failed, 0 unreachable, 0 pending, [\d.]+s\n$/);
    expect(code).toBe(4);
  });

  it('passes words as they are, and a single one as a line of the shell', async () => {
    const words = ['printf', '%s|', 'a b', "it's", '$HOME', ';', '*'];
    expect((await exec('new-b-01', '--', ...words)).stdout).toBe("new-b-01: a b|it's|$HOME|;|*|\n");
    expect((await exec('new-b-01', '--', 'echo a; echo $((1 + 1))')).stdout).toBe(
      'new-b-01: a\nnew-b-01: 2\n',
    );
  });

  it('takes a command that begins with a dash for no option of the shell', async () => {
    for (const words of [['-x'], ['-c', 'true'], ['-e']]) {
      const { code, stdout } = await exec('new-b-01', '--', ...words);
      expect([code, stdout]).toEqual([4, expect.stringContaining('new-b-01 (exit 127)')]);
    }
  });

  it('tells stderr from stdout, signals and statuses apart', async () => {
    const { code, stdout, stderr } = await exec('new-b-[01-02]', '--', 'echo out; echo err >&2');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'new-b-[01-02]: out\n' });
    expect(stderr).toMatch(/^new-b-\[01-02\] \(stderr\): err\n2 done/);
  });

  it('compares with the majority', async () => {
    const script = 'echo a; [ $(hostname) = new-b-02 ] && echo X || echo b; echo c';
    const { code, stdout } = await exec(SPARES, '--diff', '--', script);
    expect(code).toBe(1);
    expect(stdout).toBe(
      'majority new-b-[01,03-08] (7 hosts)\na\nb\nc\n\nnew-b-02 (1 host)\n@@ -1,3 +1,3 @@\n a\n-b\n+X\n c\n',
    );
    expect((await exec(SPARES, '--diff', '--', 'echo a')).code).toBe(0);
  });

  it('gives one document', async () => {
    const { code, stdout } = await exec('new-b-[01-02]', '--json', '--', 'echo hi; exit 2');
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'kuafu.exec',
      failed: 2,
      hosts: [
        { host: 'new-b-01', status: 'exited', exitCode: 2, stdout: 'hi\n', group: 0 },
        { host: 'new-b-02', group: 0 },
      ],
    });
  });
});

describe('output that means harm', () => {
  it('of escape sequences and bytes reaches nobody raw', async () => {
    const { stdout, stderr } = await exec(
      'new-b-01',
      '--',
      "printf '\\033[2J\\033]0;owned\\007a\\000\\377\\302\\233b\\r\\n'; head -c 3000 /dev/urandom; printf '\\033[31mred' >&2",
    );
    expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    expect(stdout).toContain('a\\x00');
    expect(stderr).toContain('new-b-01 (stderr): red');
  });

  it('of a megabyte comes whole, and more is cut with a word about it', async () => {
    const megabyte = await exec('new-b-01', '--json', '--', 'head -c 1048576 /dev/zero | tr "\\0" x');
    expect(JSON.parse(megabyte.stdout).hosts[0]).toMatchObject({
      truncated: { stdout: false, stderr: false },
    });
    expect(JSON.parse(megabyte.stdout).hosts[0].stdout).toHaveLength(1_048_576);
    const more = await exec('new-b-[01-02]', '--', 'yes | head -c 3000000');
    expect(more.stdout).toContain('… cut: only the first 1.0 MB of it were kept; --out-dir keeps all');
    expect(more.code).toBe(0);
  });

  it('is written byte for byte to --out-dir, all of it', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'kuafu-exec-')), 'new');
    const { code, stderr } = await exec(
      'new-b-[01-02]',
      '--out-dir',
      folder,
      '--',
      'printf "\\377\\000"; [ $(hostname) = new-b-01 ] && { yes | head -c 3000000; echo err >&2; }; true',
    );
    expect(code).toBe(0);
    expect(stderr).toContain(folder);
    expect((await readdir(folder)).sort()).toEqual(['new-b-01.err', 'new-b-01.out', 'new-b-02.out']);
    expect((await stat(join(folder, 'new-b-01.out'))).size).toBe(3_000_002);
    expect(await readFile(join(folder, 'new-b-02.out'))).toEqual(Buffer.from([0xff, 0]));
  });

  it('that nobody reads any more ends quietly', async () => {
    const bin = fileURLToPath(new URL('../../bin/kuafu.js', import.meta.url));
    const line = `"$0" "$1" exec ${SPARES} -- 'seq 20000; hostname' | head -1; exit \${PIPESTATUS[0]}`;
    const child = spawn('bash', ['-c', line, process.execPath, bin], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += chunk;
      });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(said).toMatch(/8 done/);
    expect(said).not.toMatch(/EPIPE|\n {4}at /);
  });
});

describe('hosts that do not answer', () => {
  it('meet the deadline and hold up nobody', async () => {
    await room.freeze('new-b-02');
    try {
      const startedAt = Date.now();
      const { code, stdout, stderr } = await exec('new-b-[01-03]', '--timeout', '2s', '--', 'echo up');
      expect(stdout).toBe('new-b-[01,03]: up\n');
      expect(stderr).toMatch(/unreachable: new-b-02: .* within 2 s\n/);
      expect(stderr).toContain('2 done, 0 failed, 1 unreachable, 0 pending');
      expect(code).toBe(4);
      expect(Date.now() - startedAt).toBeLessThan(20_000);
    } finally {
      await room.thaw('new-b-02');
    }
  });

  it('as a command, too, and what it said before is shown', async () => {
    const { code, stdout, stderr } = await exec('new-b-01', '--timeout', '1s', '--', 'echo begun; sleep 60');
    expect(stdout).toBe('new-b-01: begun\n');
    expect(stderr).toContain('timed out: new-b-01: sh gave no result within 1 s');
    expect(code).toBe(4);
  });

  it('are told as unreachable when they are off', async () => {
    await room.powerOff('new-b-04');
    const { code, stderr } = await exec('new-b-04', '--', 'true');
    expect(stderr).toContain('unreachable: new-b-04: ');
    expect(code).toBe(5);
  });
});

describe('signals', () => {
  it('SIGUSR1 tells who is pending', async () => {
    const run = room.start(['exec', 'new-b-[01-03]', '--', 'sleep 5']);
    for (const host of ['new-b-01', 'new-b-02', 'new-b-03']) await untilRuns(host, 'sleep 5');
    run.process.kill('SIGUSR1');
    await run.says(/3 pending\n {2}running for up to [\d.]+s: new-b-\[01-03\]\n/);
    expect((await run.ended).code).toBe(0);
  });

  it('a key on a terminal tells it too, and the terminal is as it was afterwards', async () => {
    const bin = fileURLToPath(new URL('../../bin/kuafu.js', import.meta.url));
    const line = `${process.execPath} ${bin} exec new-b-01 -- 'sleep 4'; stty -a`;
    // script(1) gives it a terminal.
    const child = spawn('script', ['-qfec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let screen = '';
    child.stdout.on('data', (chunk) => {
      screen += chunk;
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await untilRuns('new-b-01', 'sleep 4');
    child.stdin.write('k');
    await expect.poll(() => screen, { timeout: 20_000 }).toMatch(/1 pending\r\n {2}running for/);
    await expect.poll(() => screen, { timeout: 20_000 }).toMatch(/^isig icanon /m);
    child.stdin.end();
    await ended;
  });

  it('SIGUSR1 tells it of an operation as well', async () => {
    const run = room.start([...room.scaleWords({ count: 1 }), '--json']);
    await run.says('new-b-01 reserve done');
    run.process.kill('SIGUSR1');
    await run.says(/\d pending\n\S+ \S+ {3}\w+ for |nobody is pending/);
    expect((await run.ended).code).toBe(0);
  });

  it('Ctrl-C begins nothing more, lets end what runs, and says what is left', async () => {
    const run = room.start(['exec', SPARES, '--forks', '2', '--', 'sleep 3; echo done']);
    for (const host of ['new-b-01', 'new-b-02']) await untilRuns(host, 'sleep 3');
    run.process.kill('SIGINT');
    await run.says('stopping: ');
    const { code, stdout, stderr } = await run.ended;
    expect(stdout).toBe('new-b-[01-02]: done\n');
    expect(stderr).toMatch(/pending: new-b-\[03-08\]: not begun\n2 done, 0 failed, 0 unreachable, 6 pending/);
    expect(code).toBe(130);
  });

  it('twice cuts off', async () => {
    const run = room.start(['exec', 'new-b-[01-02]', '--', 'sleep 61']);
    for (const host of ['new-b-01', 'new-b-02']) await untilRuns(host, 'sleep 61');
    run.process.kill('SIGINT');
    await run.says('stopping: ');
    run.process.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(stderr).toMatch(/pending: new-b-\[01-02\]: cut off; it may still run there\n0 done, .* 2 pending/);
    expect(code).toBe(130);
  });
});
