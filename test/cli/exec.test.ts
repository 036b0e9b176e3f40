import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLedger } from '../../src/lib/ledger/open.js';
import { currentOwner } from '../../src/lib/ledger/owner.js';
import { BIN, type Ended, Kuafu, kuafu } from '../support/kuafu.js';
import { type UnreachableRooms, unreachableRooms } from '../support/unreachable-rooms.js';
import { planOf } from '../unit/ledger/fixture.js';

let rooms: UnreachableRooms;

beforeAll(async () => {
  rooms = await unreachableRooms(`rooms:
  A: {network: 127.0.1.0/24, hosts: {'web-a-[01-02]': '127.0.1.[11-12]'}}
  B: {network: 127.0.2.0/24, hosts: {web-b-01: 127.0.2.11}, spare: {'new-b-[01-02]': '127.0.2.[101-102]'}}
apps:
  shop: {service: shop.service, files: [/opt/shop], groups: {web: {A: 'web-a-[01-02]', B: web-b-01}}}
`);
});
afterAll(() => rooms.remove());

async function exec(...words: readonly string[]): Promise<Ended> {
  return await kuafu(['exec', '--config', rooms.config, ...words]);
}

describe('wrong usage', () => {
  it.each([
    [['--', 'uptime'], 'which hosts?', 'kuafu exec @app:shop -- uptime'],
    [['@app:shop'], 'which command?', 'kuafu exec @app:shop -- uptime'],
    [['@app:shop', 'df', '/'], 'which command?', 'kuafu exec @app:shop -- df /'],
    [['@app:shop', '--'], 'which command?', '--'],
    [['@app:shop', '--', ' '], 'the command is empty', ''],
    [['@app:shpo', '--', 'id'], 'there is no application "shpo" (did you mean \'shop\'?)', ''],
    [['web-a-[01', '--', 'id'], 'web-a-[01', ''],
    [['--idc', 'C', '--', 'id'], 'there is no room "C"', ''],
    [['@all', '--timeout', '30', '--', 'id'], '30 has no unit', '--timeout 30s'],
    [['@all', '--tiemout', '30s', '--', 'id'], "unknown option '--tiemout'", 'Did you mean --timeout?'],
  ])('%j', async (words, message, hint) => {
    const { code, stdout, stderr } = await exec(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.replaceAll(/kuafu -c \S+ /g, 'kuafu ')).toContain(hint);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});

describe('a dry run', () => {
  it.each([
    [['web-a-01', '--', 'uptime; id'], 'uptime; id'],
    [['web-a-01', '--', 'echo', 'a b', "it's", '--json', '--'], `echo 'a b' 'it'\\''s' --json --`],
    [['--hosts', 'web-a-01', '--', 'ls', '-l'], 'ls -l'],
    [['web-a-01', '--', '--version'], '--version'],
  ])('of %j shows the line for the hosts and connects to none', async (words, line) => {
    expect(await exec('--dry-run', ...words)).toMatchObject({
      code: 0,
      stdout: `web-a-01 (1 host)\n${line}\n`,
      stderr: 'a dry run: no host was connected to\n',
    });
  });

  it('as a document', async () => {
    const { code, stdout } = await exec('@all', '--dry-run', '--json', '--', 'id');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'kuafu.exec', dryRun: true, pending: 3, command: 'id' });
  });

  it('leaves no ledger behind, and counts assigned spares where there is one', async () => {
    await exec('@all', '--dry-run', '--', 'id');
    expect(await readdir(rooms.path)).toEqual(['k.yaml']);
    const file = join(rooms.path, 'ledger.db');
    const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
    expect((await exec('@app:shop', '--dry-run', '--', 'id')).stdout).toMatch(/^web-a-\[01-02\],web-b-01 /);
    const id = await ledger.open(
      planOf(['new-b-02'], { scope: { apps: ['shop'], groups: ['web'], rooms: ['B'] } }),
      currentOwner({}),
    );
    await ledger.assign('new-b-02', id, 'shop', 'web');
    await ledger.close();
    expect((await exec('@app:shop&@idc:B', '--dry-run', '--', 'id')).stdout).toMatch(/^new-b-02,web-b-01 /);
  });

  it('of a ledger that is none says so', async () => {
    const broken = join(rooms.path, 'broken');
    await mkdir(broken);
    await writeFile(join(broken, 'ledger.db'), 'no ledger at all'.repeat(100));
    await writeFile(
      join(broken, 'k.yaml'),
      `ledger: 'sqlite:${join(broken, 'ledger.db')}'\nrooms: {A: {network: 127.0.1.0/24, hosts: {web-a-01: 127.0.1.11}}}\n`,
    );
    const { code, stderr } = await kuafu(['exec', '--config', join(broken, 'k.yaml'), '@all', '--', 'id']);
    expect(stderr).toContain('is damaged');
    expect(code).not.toBe(70);
  });
});

describe('hosts that nobody reaches', () => {
  it('are folded by reason, with exit code 5', async () => {
    const { code, stdout, stderr } = await exec('@all!new-b-02', '--', 'id');
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(
      /^unreachable: web-a-\[01-02\],web-b-01: nothing listens there \(connection refused\)\n0 done, 0 failed, 3 unreachable, 0 pending, \d/,
    );
  });

  it('are in the document', async () => {
    const { code, stdout } = await exec('web-a-01', '--json', '--', 'id');
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 5,
      unreachable: 1,
      hosts: [{ status: 'unreachable' }],
    });
  });
});

describe('standard input', () => {
  const HINT = '--stdin sends it';
  const run = (stdin: 'pipe' | number, ...words: readonly string[]) =>
    new Kuafu(['exec', '--config', rooms.config, 'web-a-01', ...words, '--', 'true'], {}, stdin);

  it('that nobody asked for is named and not read, and an open one is not waited for', async () => {
    const full = run('pipe');
    full.process.stdin?.write('for the hosts');
    expect((await full.ended).stderr).toContain(HINT);
    const open = run('pipe');
    expect((await open.ended).stderr).not.toContain(HINT);
    const closed = run('pipe');
    closed.process.stdin?.end();
    expect((await closed.ended).stderr).not.toContain(HINT);
  });

  it('of a loop that reads on is left to it', async () => {
    const loop = `printf '1\n2\n3\n' | while read n; do "$0" "$1" exec --config "$2" web-a-01 -- true; echo $n; done`;
    const ended = spawnSync('sh', ['-c', loop, process.execPath, BIN, rooms.config], { encoding: 'utf8' });
    expect(ended.stdout).toBe('1\n2\n3\n');
  });

  it.each([
    ['from its beginning is named', 0, true],
    ['that somebody reads already is not', 1, false],
  ])('that is a file %s', async (_words, from, isNamed) => {
    const file = openSync(rooms.config, 'r');
    readSync(file, Buffer.alloc(from));
    expect((await run(file).ended).stderr.includes(HINT)).toBe(isNamed);
    closeSync(file);
  });

  it('asked for is read to its end, and leaves nothing on this machine', async () => {
    // The ledger's own files come and go with the processes that have it open.
    const names = async () => (await readdir(rooms.path)).filter((name) => !/^ledger\.db-/.test(name));
    const before = await names();
    const sent = run('pipe', '--stdin');
    sent.process.stdin?.end('for the hosts');
    const { code, stdout, stderr } = await sent.ended;
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).not.toContain('for the hosts');
    expect(await names()).toEqual(before);
  });

  it('is what is typed on a terminal, up to Ctrl-D', async () => {
    const line = `'${process.execPath}' '${BIN}' exec --config '${rooms.config}' web-a-01 --stdin -- true`;
    const terminal = spawn('script', ['-qfec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let screen = '';
    terminal.stdout.on('data', (chunk: Buffer) => {
      if (!screen.includes('Ctrl-D') && `${screen}${chunk}`.includes('Ctrl-D'))
        terminal.stdin.write('hello\n\x04');
      screen += chunk;
    });
    expect(await new Promise((resolve) => terminal.once('close', resolve)), screen).toBe(5);
    expect(screen).toContain('0 done, 0 failed, 1 unreachable');
  });

  it('of more than 64 MiB is refused', async () => {
    const sent = run('pipe', '--stdin');
    sent.process.stdin?.on('error', () => undefined).end(Buffer.alloc(64 * 1024 * 1024 + 1));
    const { code, stderr } = await sent.ended;
    expect([code, stderr]).toEqual([3, expect.stringContaining('more than the 64 MiB')]);
  });
});

it.each(['--json', '--diff'])('--stream does not go with %s', async (flag) => {
  const { code, stderr } = await exec('web-a-01', '--stream', flag, '--', 'id');
  expect([code, stderr]).toEqual([2, expect.stringContaining(`--stream does not go with ${flag}`)]);
});

it('--out-dir overwrites nothing', async () => {
  const { code, stderr } = await exec('web-a-01', '--out-dir', rooms.path, '--', 'id');
  expect(code).toBe(3);
  expect(stderr).toContain('is not empty, and nothing is overwritten');
});
