import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostileNames } from '../support/hostile-names.js';
import { LabRoom } from '../support/lab-room.js';

// Log folders in which an account of the host made what it liked: names, links, and things that are no files.
const room = new LabRoom();
const HOST = 'new-b-01';
const FOLDER = '/var/log/kuafu-names';
const LOGS = ['--file', `${FOLDER}/*.log`];
let local = '';

beforeEach(async () => {
  await room.open();
  local = await mkdtemp(join(tmpdir(), 'kuafu-names-test-'));
  await room.inHost(HOST, `rm -rf ${FOLDER}; mkdir -p ${FOLDER}`);
});

afterEach(async () => {
  await room.inHost(HOST, `rm -rf ${FOLDER}`);
  await rm(local, { recursive: true, force: true });
  await room.close();
});

/** Runs Python on the host, in the log folder; names go there as hexadecimal digits. */
async function python(script: string, names: readonly Buffer[] = []): Promise<string> {
  const list = names.map((name) => `bytes.fromhex('${name.toString('hex')}')`).join(',');
  return await room.inHost(
    HOST,
    `cd ${FOLDER} && python3 - <<'EOF'\nimport os, time\nnames = [${list}]\n${script}\nEOF`,
  );
}

/** Whether any of the names has run. */
async function canaries(): Promise<string> {
  return (
    await room.inHost(HOST, "find / -xdev -name pwned -not -path '/proc/*' 2>/dev/null || true")
  ).trim();
}

function linesOf(stdout: string): string[] {
  const documents = stdout.split('\n').filter((text) => text.startsWith('{') && text.endsWith('}'));
  return documents.map((text) => JSON.parse(text).line);
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `line ${String(from + index).padStart(5, '0')}`);
}

const WRITE = "for n, name in enumerate(names):\n  open(name, 'ab').write(b'line %05d\\n' % n)";

describe('names of log files', () => {
  it('run nothing, be they made to', async () => {
    const name = Buffer.from('x\nz}$(touch${IFS}pwned) 1 8.log');
    await python(`${WRITE}\nos.chown(names[0], 65534, 65534)\nos.chown('.', 65534, 65534)`, [name]);
    const tail = room.start(['logs', 'tail', HOST, ...LOGS, '--json']);
    await tail.prints(/line 00000/);
    await python("os.rename(names[0], names[0] + b'.1')\nopen(names[0], 'w').write('line 00001\\n')", [name]);
    await tail.prints(/line 00001/);
    await sleep(1000);
    tail.process.kill('SIGINT');
    const { stdout } = await tail.ended;
    expect(linesOf(stdout)).toEqual(['line 00000', 'line 00001']);
    expect(await canaries()).toBe('');
  });

  it.each([1, 2])(
    'of hostile pieces, seed %i, show every line once, in tail, grep and fetch',
    async (seed) => {
      const names = hostileNames(200, seed);
      await python(WRITE, names);
      const wanted = numbered(0, names.length);
      const tail = await room.kuafu(['logs', 'tail', HOST, ...LOGS, '--no-follow', '--json']);
      expect({ code: tail.code, stderr: tail.stderr }).toEqual({ code: 0, stderr: '' });
      expect(linesOf(tail.stdout).sort()).toEqual(wanted);
      const grep = await room.kuafu(['logs', 'grep', 'line', HOST, ...LOGS, '--json']);
      expect({ code: grep.code, stderr: grep.stderr }).toEqual({ code: 0, stderr: '' });
      expect(linesOf(grep.stdout).sort()).toEqual(wanted);
      const fetch = await room.kuafu(['logs', 'fetch', HOST, ...LOGS, '--to', local, '--json']);
      // Where it takes a while, it says how far it is.
      const said = fetch.stderr.replaceAll(/^[\d.]+ \w+ of [\d.]+ \w+\n/gm, '');
      expect({ code: fetch.code, said }).toEqual({ code: 0, said: '' });
      const { files } = JSON.parse(fetch.stdout);
      const texts = await Promise.all(
        files.map(({ file }: { file: string }) => readFile(join(local, file), 'utf8')),
      );
      expect(texts.map((text) => text.trim()).sort()).toEqual(wanted);
      for (const { stdout } of [tail, grep, fetch])
        expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
      expect(await canaries()).toBe('');
    },
    400_000,
  );

  it('of hostile pieces are followed through rotations', async () => {
    const names = hostileNames(60, 3);
    await python(WRITE, names);
    const tail = room.start(['logs', 'tail', HOST, ...LOGS, '--json', '--window', '100ms']);
    const until = async (lines: number) => {
      for (let wait = 0; wait < 600 && tail.linesOut < lines; wait++) await sleep(100);
    };
    await until(60);
    await python(
      `
for n, name in enumerate(names):
  late = open(name, 'ab')
  os.rename(name, name + b'.1')
  open(name, 'wb').write(b'line %05d\\n' % (120 + n))
  late.write(b'line %05d\\n' % (60 + n))
  late.close()`,
      names,
    );
    await until(180);
    await sleep(1500);
    tail.process.kill('SIGINT');
    const { stdout, stderr } = await tail.ended;
    // A busy machine may bring lines out of order, and kuafu says so; here it is about their number.
    expect(stderr.replace(/^new-b-01: lines of it came too late .*\n/m, '')).toBe('');
    expect(linesOf(stdout).sort()).toEqual(numbered(0, 180));
    expect(await canaries()).toBe('');
  });

  it('may be thousands of bytes long', async () => {
    const deep = `for at in range(15):\n  os.mkdir('d' * 240)\n  os.chdir('d' * 240)\nopen('n' * 240 + '.log', 'w').write('line 00000\\n')`;
    await python(deep);
    const file = ['--file', `${FOLDER}/${'*/'.repeat(15)}*.log`];
    expect(
      linesOf((await room.kuafu(['logs', 'tail', HOST, ...file, '--no-follow', '--json'])).stdout),
    ).toEqual(numbered(0, 1));
    expect((await room.kuafu(['logs', 'grep', 'line', HOST, ...file])).code).toBe(0);
    const fetch = await room.kuafu(['logs', 'fetch', HOST, ...file, '--to', local, '--json']);
    expect(await readFile(join(local, JSON.parse(fetch.stdout).files[0].file), 'utf8')).toBe('line 00000\n');
  });

  it('may be a hundred thousand, of which some are read and the rest is said', async () => {
    await python("for n in range(100000):\n  os.mknod('%06d.log' % n)\n  os.utime('%06d.log' % n, (1, 1))");
    await python("open('099999.log', 'w').write('line 00000\\n')");
    const tail = await room.kuafu(['logs', 'tail', HOST, ...LOGS, '--no-follow', '--json']);
    expect(linesOf(tail.stdout)).toEqual(['line 00000']);
    expect(tail.stderr).toContain('names 100000 files; the last 2000 by name are read');
    const grep = await room.kuafu(['logs', 'grep', 'line', HOST, ...LOGS, '--since', '1h']);
    expect({ code: grep.code, lines: grep.stdout.split('\n').length }).toEqual({ code: 4, lines: 2 });
    expect(grep.stderr).toContain('names 100000 files');
  }, 400_000);
});

describe('what is no file', () => {
  const MAKE = `
import socket
open('plain.log', 'w').write('line 00000\\n')
os.mkfifo('fifo.log')
socket.socket(socket.AF_UNIX).bind('socket\\n.log')
os.symlink('/dev/zero', 'device.log')
os.mkdir('folder.log')
os.symlink('nowhere', 'dangling.log')
os.symlink('loop.log', 'loop.log')`;
  const SAID = [
    'fifo.log is left out: it is a FIFO',
    'socket\\n.log is left out: it is a socket',
    'device.log is left out: it is a device',
    'folder.log is left out: it is a folder',
    'dangling.log is left out: it is a link that leads nowhere',
    'loop.log is left out: it is a link that leads nowhere',
  ];

  it('is named, holds nothing up, and makes grep and fetch end with 4', async () => {
    await python(MAKE);
    const tail = await room.kuafu(['logs', 'tail', HOST, ...LOGS, '--no-follow', '--json']);
    expect(linesOf(tail.stdout)).toEqual(['line 00000']);
    const grep = await room.kuafu(['logs', 'grep', 'line', HOST, ...LOGS]);
    expect(grep).toMatchObject({ code: 4, stdout: `${HOST} | line 00000\n` });
    const fetch = await room.kuafu(['logs', 'fetch', HOST, ...LOGS, '--to', local, '--json']);
    expect(fetch.code).toBe(4);
    expect(JSON.parse(fetch.stdout).files).toHaveLength(1);
    for (const { stderr } of [tail, grep, fetch]) for (const said of SAID) expect(stderr).toContain(said);
  });
});

describe('links of an account', () => {
  // As an app would: its folder is its own. Before that, root's folder with root's link into it.
  const MAKE = `
os.makedirs('app/sub')
open('app/own.log', 'w').write('line 00000\\n')
open('app/data', 'w').write('line 00001\\n')
os.symlink('data', 'app/inside.log')
os.symlink('/etc/shadow', 'app/link.log')
os.symlink('/etc/shadow', 'app/own.log.1')
os.link('/etc/shadow', 'app/hard.log')
os.symlink('/etc', 'app/etc')
os.symlink('app/link.log', 'twice.log')
open('/run/roots-own.txt', 'w').write('line 00002\\n')
os.symlink('/run/roots-own.txt', 'roots.log')
for name in ['app', 'app/own.log', 'app/data', 'app/inside.log', 'app/link.log', 'app/etc', 'app/sub']: os.lchown(name, 65534, 65534)
os.chmod('app/own.log', 0o640)`;
  const FILES = ['app/*.log', 'app/etc/shadow', '*.log'].flatMap((file) => ['--file', `${FOLDER}/${file}`]);
  const AWAY = ['app/link.log', 'app/own.log.1', 'app/etc/shadow', 'twice.log'];

  it('lead nobody out of its folder, and are named', async () => {
    await python(MAKE);
    const wanted = numbered(0, 3);
    const tail = await room.kuafu(['logs', 'tail', HOST, ...FILES, '--no-follow', '--json']);
    expect(linesOf(tail.stdout).sort()).toEqual(wanted);
    const since = await room.kuafu([
      'logs',
      'tail',
      HOST,
      ...FILES,
      '--no-follow',
      '--json',
      '--since',
      '1970-01-02',
    ]);
    expect(since.stdout).not.toContain('root:');
    const grep = await room.kuafu(['logs', 'grep', ':|line', HOST, ...FILES, '--json']);
    expect(linesOf(grep.stdout).sort()).toEqual(wanted);
    const fetch = await room.kuafu(['logs', 'fetch', HOST, ...FILES, '--to', local, '--json']);
    const { files } = JSON.parse(fetch.stdout);
    expect(files.map(({ path }: { path: string }) => path.slice(FOLDER.length + 1)).sort()).toEqual([
      'app/inside.log',
      'app/own.log',
      'roots.log',
    ]);
    expect([grep.code, fetch.code]).toEqual([4, 4]);
    for (const { stderr } of [grep, fetch]) {
      for (const name of AWAY) expect(stderr).toMatch(new RegExp(`${name} is left out: a link`));
      expect(stderr).toContain('app/hard.log is left out: it is a hard link');
    }
    const mode = async (path: string) => (await stat(join(local, HOST, path))).mode & 0o777;
    expect([await mode(`${FOLDER}/app/own.log`), await mode(`${FOLDER}/app`)]).toEqual([0o640, 0o700]);
  });

  it('show nothing of what they lead to, however they are swapped', async () => {
    await python("open('x.log', 'w').write('line 00000\\n')\nos.chown('.', 65534, 65534)");
    await room.inHost(
      HOST,
      `cat > /run/swap.py <<'EOF'
import os, time
os.chdir('${FOLDER}')
end = time.time() + 20
while time.time() < end:
  open('y', 'w').write('line 00000\\n'); os.rename('y', 'x.log')
  os.symlink('/etc/shadow', 'y'); os.rename('y', 'x.log')
EOF
systemd-run -q --collect --unit=kuafu-gen-swap python3 /run/swap.py`,
    );
    const tail = room.start(['logs', 'tail', HOST, ...LOGS, '--json']);
    const outputs: string[] = [];
    for (let round = 0; round < 4; round++) {
      const to = join(local, String(round));
      outputs.push((await room.kuafu(['logs', 'grep', ':|line', HOST, ...LOGS])).stdout);
      await room.kuafu(['logs', 'fetch', HOST, ...LOGS, '--to', to]);
      outputs.push(await readFile(join(to, HOST, FOLDER, 'x.log'), 'utf8').catch(() => ''));
    }
    tail.process.kill('SIGINT');
    outputs.push((await tail.ended).stdout);
    await room.inHost(HOST, 'systemctl stop kuafu-gen-swap || true');
    expect(outputs.join('')).not.toContain('root:');
    await python("os.remove('x.log')\nopen('x.log', 'w').write('line 00000\\n')");
    expect((await room.kuafu(['logs', 'grep', ':|line', HOST, ...LOGS])).stdout).toContain('line 00000');
  });
});
