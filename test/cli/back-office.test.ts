import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/lib/ledger/ledger.js';
import { openLedger } from '../../src/lib/ledger/open.js';
import { currentOwner } from '../../src/lib/ledger/owner.js';
import { type Ended, kuafu } from '../support/kuafu.js';
import { deadOwner, finished, planOf, scratchFolder, started } from '../unit/ledger/fixture.js';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let file: string;
let ledger: Ledger;

beforeEach(async () => {
  folder = await scratchFolder();
  file = join(folder.path, 'ledger.db');
  await writeFile(
    join(folder.path, 'k.yaml'),
    `ledger: 'sqlite:${file}'
rooms:
  A: {network: 198.18.1.0/24}
  B: {network: 198.18.2.0/24, hosts: {web-b-01: 198.18.2.11}, spare: {'new-b-[01-04]': '198.18.2.[101-104]'}}
apps:
  shop: {service: shop.service, files: [/opt/shop], groups: {web: {B: web-b-01}}}
`,
  );
  ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
});

afterEach(async () => {
  await ledger.close();
  await folder.remove();
});

async function run(...words: readonly string[]): Promise<Ended> {
  return await kuafu([...words, '--config', join(folder.path, 'k.yaml')]);
}

describe('hosts', () => {
  it('are named by address and wildcard, each word for itself', async () => {
    const reserve = await run('resource', 'reserve', '198.18.2.101', 'new-b-0[3-4]!new-b-04', '--dry-run');
    expect(reserve.stdout).toMatch(/^new-b-\[01,03\]: would be reserved/);
    const release = await run('resource', 'release', 'new-*', '--dry-run');
    expect(release.stdout.match(/^new-b-0[1-4]: free already$/gm)?.length).toBe(4);
    const config = ['--config', join(folder.path, 'k.yaml')];
    const words = ['exec', '198.18.2.11', 'web-*,', ...config, '--dry-run', '--', 'uptime'];
    expect(await kuafu(words)).toMatchObject({
      code: 0,
      stdout: 'web-b-01 (1 host)\nuptime\n',
    });
  });
});

describe('kuafu ops list', () => {
  it('takes the address of a host', async () => {
    const plan = planOf(['new-b-02'], { title: 'of one host' });
    await ledger.open(plan, currentOwner({}));
    const of = async (host: string) => (await run('ops', 'list', '--host', host)).stdout;
    expect(await of('198.18.2.102')).toContain('of one host');
    expect(await of('198.18.2.103')).toBe('');
  });

  it.each([
    [['--idc', 'Z'], 'there is no room "Z"', 'rooms: A, B'],
    [['--room', 'b'], "(did you mean 'B'?)", 'rooms: A, B'],
    [['--app', 'shpo'], 'there is no app "shpo" (did you mean \'shop\'?)', 'apps: shop'],
    [['--app', 'nosuch', '--json'], 'there is no app', 'apps: shop'],
  ])('%j is a name nobody knows', async (words, message, hint) => {
    const { code, stderr } = await run('ops', 'list', ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.replaceAll(/kuafu -c \S+ /g, 'kuafu ')).toContain(hint);
  });

  it('knows names of the configuration and those that only the ledger has', async () => {
    const plan = planOf([], {
      scope: { apps: ['mail'], groups: ['web'], rooms: ['C'] },
      title: 'an old one',
    });
    await ledger.open(plan, currentOwner({}));
    expect(await run('ops', 'list', '--app', 'shop')).toMatchObject({
      code: 0,
      stderr: 'no operation matches\n',
    });
    expect((await run('ops', 'list', '--app', 'mail', '--room', 'C')).stdout).toContain('an old one');
    expect(await run('ops', 'list', '--app', 'mail', '--room', 'C', '--state', 'done')).toMatchObject({
      code: 0,
      stderr: 'no operation matches\n',
    });
  });

  it('tells crashed operations from those that run', async () => {
    const gone = await ledger.open(planOf([], { locks: ['1'] }), deadOwner('li'));
    const live = await ledger.open(planOf([], { locks: ['2'] }), currentOwner({}));
    const crashed = await run('ops', 'list', '--state', 'crashed');
    expect(crashed.stdout).toMatch(new RegExp(`\\n${gone} +crashed `));
    expect(crashed.stdout).not.toContain(live);
    const running = await run('ops', 'list', '--state', 'running');
    expect(running.stdout).toMatch(new RegExp(`\\n${live} +running `));
    expect(running.stdout).not.toContain(gone);
  });
});

describe('kuafu ops show', () => {
  it('gives events as lines of JSON', async () => {
    const id = await ledger.open(planOf(['h']), currentOwner({}));
    await ledger.append(id, started('h', 'connect'));
    await ledger.append(id, finished('h', 'connect', { status: 'skipped', message: 'a\nb' }));
    const { stdout } = await run('ops', 'show', id, '--json', '--events');
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { kind: 'kuafu.ops-event', version: 1, operation: id, type: 'step-started', host: 'h' },
      { type: 'step-finished', result: { status: 'skipped', message: 'a\nb' } },
    ]);
  });
});

describe('kuafu ops mine and stats', () => {
  it('know who began what and how, and take it apart', async () => {
    const me = currentOwner({});
    const mine = await ledger.open(planOf(['h'], { locks: ['1'] }), { ...me, launched: 'cron' });
    await ledger.finish(mine, 'done', '');
    const other = await ledger.open(planOf(['h'], { locks: ['2'] }), deadOwner('nobody-else'));
    const { stdout } = await run('ops', 'mine', '--launched', 'cron', '--csv');
    expect(stdout.split('\n')[1]).toMatch(
      new RegExp(`^${mine},scale,shop,web,B,done,${me.operator},cron,no,`),
    );
    expect(stdout).not.toContain(other);
    const stats = await run('ops', 'stats', '--kind', 'scale', '--since', '1h');
    expect(stats.stdout).toMatch(/^ +ROOM +COUNT +DONE +RUN +SUCCESS .*\nscale shop\n +B +2 +1 +1 +100.0%/);
    expect((await run('ops', 'stats', '--csv')).stdout.split('\n')[1]).toMatch(
      /^scale,shop,B,,2,1,0,0,0,1,,,1,\d+,/,
    );
    expect(await run('ops', 'stats', '--kind', 'scael')).toMatchObject({ code: 2 });
    expect(await run('ops', 'list', '--csv', '--json')).toMatchObject({ code: 2 });
    expect(await run('ops', 'list', '--since', 'noon')).toMatchObject({ code: 2 });
  });
});

describe('kuafu resource reserve', () => {
  it('keeps hosts by name or by number, says until when, and lets others ask before they release', async () => {
    const named = await run(
      'resource',
      'reserve',
      'new-b-[01-02]',
      '--for',
      '2h',
      '--note',
      'drill',
      '--json',
    );
    expect(JSON.parse(named.stdout)).toMatchObject({
      dryRun: false,
      reserved: [
        { host: 'new-b-01', operator: currentOwner({}).operator, note: 'drill' },
        { host: 'new-b-02' },
      ],
    });
    expect((await run('resource', 'reserve', '--count', '1', '--idc', 'B', '--dry-run')).stdout).toMatch(
      /^new-b-03: would be/,
    );
    const tooMany = await run('resource', 'reserve', '--count', '3', '--idc', 'B');
    expect(tooMany).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('3 spare hosts are wanted, 2 are free'),
    });
    const request = { candidates: [{ name: 'new-b-03', room: 'B' }], count: 1, note: '', forMs: 60_000 };
    await ledger.reserve({ ...request, operator: 'wang' });
    const listed = await run('resource', 'list');
    expect(listed.stdout).toContain('room B: 1 free, 0 assigned, 3 reserved, 0 unfit');
    expect(listed.stdout).toMatch(/new-b-\[01-02\] +by \S+ until .* \(drill\)/);
    expect(await run('resource', 'release', 'new-b-03')).toMatchObject({ code: 3 });
    expect((await run('resource', 'release', 'new-b-03', '--yes')).stdout).toContain('was reserved by wang');
    expect((await run('resource', 'list')).stdout).toMatch(
      /new-b-03: wang had reserved it until .*; \S+ released it/,
    );
  });

  it.each([
    [[]],
    [['--count', '2']],
    [['new-b-01', '--count', '2']],
    [['new-b-01', '--for', '2']],
    [['new-b-01', '--for', '8d']],
    [['web-b-01']],
    [['--count', '0', '--idc', 'B']],
    [['--count', '1', '--idc', 'Z']],
  ])('%j is wrong usage', async (words) => {
    expect(await run('resource', 'reserve', ...words)).toMatchObject({ code: 2, stdout: '' });
    expect(await ledger.takenSpares()).toEqual([]);
  });
});

describe('kuafu resource release', () => {
  beforeEach(async () => {
    const id = await ledger.open(planOf(['new-b-01', 'new-b-02']), currentOwner({}));
    await ledger.setUnfit('new-b-01', id, 'disk full');
    await ledger.finish(id, 'done', '');
  });

  it('only says what it would do in a dry run', async () => {
    const { code, stdout } = await run('resource', 'release', 'new-b-[01-02]', '--dry-run');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'new-b-01: is unfit (disk full), would be free\nnew-b-02: free already\n',
    });
    expect(await ledger.takenSpares()).toHaveLength(1);
  });

  it('has nothing to do for hosts that are free, and releases the others', async () => {
    const { code, stdout } = await run('resource', 'release', 'new-b-[01-03]');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        'new-b-01: was unfit (disk full), is free now\nnew-b-02: free already\nnew-b-03: free already\n',
    });
    const again = await run('resource', 'release', 'new-b-01', '--json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ released: [], alreadyFree: ['new-b-01'] });
  });

  it.each([
    [['new-b-01!new-b-01'], 'kuafu: new-b-01!new-b-01 leaves no host\n'],
    [['\x1b[31mx\ny'], 'kuafu: node set "\\u001b[31mx\\ny", character 1: "\\u001b" cannot stand here\n'],
    [['web-b-01'], 'kuafu: web-b-01 is no spare host\n'],
    [['new-b-001'], "kuafu: new-b-001 is no spare host (did you mean 'new-b-01'?)\n"],
    [['new-b-01', 'web-b-[01-02]'], 'kuafu: these are no spare hosts: web-b-[01-02]\n'],
  ])('refuses all when there is another host among %j', async (hosts, message) => {
    const { code, stdout, stderr } = await run('resource', 'release', ...hosts);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(await ledger.takenSpares()).toHaveLength(1);
  });
});

it('says what to type for a host in use instead of a release', async () => {
  const id = await ledger.open(planOf(['new-b-01']), currentOwner({}));
  await ledger.assign('new-b-01', id, 'shop', 'web');
  await ledger.finish(id, 'done', '');
  const named = `kuafu -c ${join(folder.path, 'k.yaml')}`;
  const assigned = await run('resource', 'release', 'new-b-01');
  expect(assigned).toMatchObject({ code: 3, stdout: '' });
  expect(assigned.stderr).toContain(`${named} scale --undo ${id}\n`);
  expect(assigned.stderr).toContain(`${named} scale --to N --app shop --group web --idc B\n`);
  expect(assigned.stderr).toContain(`${named} traffic drain new-b-01\n`);
  const declared = await run('resource', 'release', 'web-b-01');
  expect(declared.stderr).toContain(`${named} traffic drain web-b-01\n`);
});

it('an operation that is done is not given up; to resume it there is nothing to do', async () => {
  const id = await ledger.open(planOf([]), currentOwner({}));
  await ledger.finish(id, 'done', '');
  for (const [verb, exitCode] of [
    ['resume', 0],
    ['close', 3],
  ] as const) {
    const { code, stderr } = await run('ops', verb, id);
    expect(stderr).toContain('is done: nothing to go on with');
    expect({ verb, code }).toEqual({ verb, code: exitCode });
  }
  const { stdout } = await run('ops', 'resume', id, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'kuafu.operation', id });
});

it('budgets of a resume are numbers, and of an operation that has some', async () => {
  const budgets = { failed: 0, unreachable: 0, unhealthy: 0 };
  for (const [plan, words, message] of [
    [planOf([], { locks: ['1'], rollout: { budgets } }), ['--max-failed', 'x'], '--max-failed is "x"'],
    [planOf([], { locks: ['2'] }), ['--max-failed', '3'], 'has no budgets'],
  ] as const) {
    const id = await ledger.open(plan, deadOwner('li'));
    for (const dry of [[], ['--dry-run']]) {
      const { code, stderr } = await run('ops', 'resume', id, ...words, ...dry);
      expect(stderr).toContain(message);
      expect(code).toBe(2);
    }
    await ledger.giveUp(id, currentOwner({}));
  }
});

it('an operation that was given up is neither resumed nor given up again', async () => {
  const id = await ledger.open(planOf([]), deadOwner('li'));
  await ledger.giveUp(id, currentOwner({}));
  for (const verb of ['resume', 'close']) {
    const { code, stderr } = await run('ops', verb, id);
    expect(stderr).toContain('is closed: nothing to go on with');
    expect({ verb, code }).toEqual({ verb, code: 3 });
  }
  expect((await run('ops', 'list', '--state', 'closed')).stdout).toMatch(new RegExp(`${id} +closed `));
  for (const state of ['interrupted', 'crashed', 'running'])
    expect((await run('ops', 'list', '--state', state)).stdout).toBe('');
});

it('in a log each line of an operation begins with its time', async () => {
  const id = await ledger.open(planOf([]), deadOwner('li'));
  const { stderr } = await run('ops', 'resume', id);
  const lines = stderr.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S/);
});
