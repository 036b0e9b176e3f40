import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ended, kuafu } from '../support/kuafu.js';
import { copyLastLedger, inLedger, type LastLedger } from '../support/last-release.js';
import { scratchFolder } from '../unit/ledger/fixture.js';

let folder: Awaited<ReturnType<typeof scratchFolder>>;

beforeEach(async () => {
  folder = await scratchFolder();
});

afterEach(() => folder.remove());

/** A copy of a ledger of the last release, and the program of today on it. */
async function open(name: LastLedger) {
  const { file, config } = await copyLastLedger(name, folder.path);
  const run = (...words: readonly string[]): Promise<Ended> => kuafu([...words, '--config', config]);
  return { file, run, config };
}

/** What nobody may change by looking at it. */
function recorded(file: string): unknown {
  return ['select operation, checksum, body from plans', 'select operation, seq, body from events'].map(
    (sql) => inLedger(file, sql),
  );
}

const EXPANSION = 'scale shop/web in room B by 3 hosts from web-a-01';

interface Interrupted {
  readonly name: LastLedger;
  readonly id: string;
  readonly events: number;
  readonly words: readonly string[];
  /** Of each host the step that it was at, and how many before it were done. */
  readonly hosts: Readonly<Record<string, string>>;
  /** What `ops close` would do. */
  readonly closed: { readonly freed: readonly string[]; readonly unfit: readonly string[] };
}

const INTERRUPTED: readonly Interrupted[] = [
  {
    name: 'scale-before-copy',
    id: '261130-rx9x',
    events: 12,
    words: [
      '0 of 3 hosts done, 3 unknown (new-b-[01-03])',
      '27 steps: 3 unchanged, 1 done, 3 unknown, 20 not begun',
      'new-b-01: init unknown\nnew-b-[02-03]: connect unknown',
    ],
    hosts: { 'new-b-01': '2, init', 'new-b-02': '1, connect', 'new-b-03': '1, connect' },
    closed: { freed: ['new-b-01', 'new-b-02', 'new-b-03'], unfit: [] },
  },
  {
    name: 'scale-in-copy',
    id: '261130-vbsn',
    events: 22,
    words: [
      '0 of 3 hosts done, 3 unknown (new-b-[01-03])',
      '27 steps: 3 unchanged, 6 done, 3 unknown, 15 not begun',
      'new-b-[01-03]: copy unknown',
    ],
    hosts: { 'new-b-01': '3, copy', 'new-b-02': '3, copy', 'new-b-03': '3, copy' },
    closed: { freed: ['new-b-01', 'new-b-02', 'new-b-03'], unfit: [] },
  },
  {
    name: 'scale-between-joins',
    id: '261130-fw8q',
    events: 57,
    words: [
      '1 of 3 hosts done, 2 unknown (new-b-[02-03])',
      '28 steps: 6 unchanged, 19 done, 2 unknown, 1 not begun',
      'new-b-02: join unknown\nnew-b-03: assign unknown',
    ],
    hosts: { 'new-b-01': '9, -', 'new-b-02': '7, join', 'new-b-03': '8, assign', 'web-a-01': '1, -' },
    closed: { freed: [], unfit: ['new-b-02', 'new-b-03'] },
  },
];

describe.each(INTERRUPTED)('an expansion that the last release began, $name', (expected) => {
  const { name, id, events, words, hosts, closed } = expected;

  it('is listed and shown as far as it came', async () => {
    const { file, run, config } = await open(name);
    const before = recorded(file);
    const list = await run('ops', 'list');
    const resume = `kuafu -c ${config} ops resume ${id}`;
    expect(list).toMatchObject({ code: 0, stderr: `can be resumed, for example: ${resume}\n` });
    expect(list.stdout).toMatch(new RegExp(`\\n${id} +crashed .* root +${EXPANSION}\\n$`));
    const { code, stdout } = await run('ops', 'show', id);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^${id}  ${EXPANSION}\\nstate +crashed\\nby +root on vm, from a program`),
    );
    for (const each of [...words, `go on with:      ${resume}`]) expect(stdout).toContain(each);
    expect(recorded(file)).toEqual(before);
  });

  it('has every step and every event in its documents', async () => {
    const { run } = await open(name);
    const shown = JSON.parse((await run('ops', 'show', id, '--json')).stdout);
    expect(shown.operation).toMatchObject({
      kind: 'scale',
      app: 'shop',
      group: 'web',
      room: 'B',
      state: 'running',
      crashed: true,
      resumable: true,
      budgets: { failed: 5, unreachable: 5, unhealthy: 5 },
    });
    expect(Object.fromEntries(shown.hosts.map(placeOf))).toEqual(hosts);
    const lines = (await run('ops', 'show', id, '--json', '--events')).stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(events);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      type: 'operation-started',
      operator: 'root',
      resumed: false,
    });
    const text = (await run('ops', 'show', id, '--events')).stdout;
    expect(text).toMatch(/\n\d\d:\d\d:\d\d\.\d{3} {2}new-b-01 expand\/reserve unchanged 0\.0s\n/);
  });

  it('can be resumed or closed, which a dry run tells and does not do', async () => {
    const { file, run } = await open(name);
    await run('resource', 'list');
    const before = recorded(file);
    const resume = await run('ops', 'resume', id, '--dry-run');
    expect(resume).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing was changed') });
    expect(resume.stdout).toContain(words[0]);
    const close = await run('ops', 'close', id, '--dry-run', '--json');
    expect(JSON.parse(close.stdout)).toMatchObject({ operation: { id, title: EXPANSION }, ...closed });
    expect(recorded(file)).toEqual(before);
  });

  it('is not resumed once its plan was edited', async () => {
    const { file, run } = await open(name);
    inLedger(file, `update plans set body = replace(body, '"shop.service"', '"sshd.service"')`);
    const { code, stderr } = await run('ops', 'resume', id);
    expect(code).toBe(3);
    expect(stderr).toContain('is not the one that was made (its checksum differs)');
  });
});

interface ShownHost {
  readonly host: string;
  readonly steps: readonly { readonly step: string; readonly state: string }[];
}

function placeOf({ host, steps }: ShownHost): [string, string] {
  const through = steps.filter(({ state }) => state === 'done' || state === 'unchanged');
  return [host, `${through.length}, ${steps.find(({ state }) => state === 'unknown')?.step ?? '-'}`];
}

describe('a day of the last release', () => {
  const DAY = [
    ['261130-4q2g', 'crashed', 'push the environment and restart shop/web in room B: 4 hosts'],
    ['261130-cbc5', 'failed', 'restart shop/web in room A: 2 hosts: stopped: 1 host failed (web-a-02)'],
    ['261130-ea4y', 'done', 'push the environment of shop to 2 hosts'],
    ['261130-2yr9', 'closed', 'scale shop/web in room B by 1 host from web-a-01 by root on vm (pid 4876)'],
    ['261130-hhx1', 'done', 'undo 261130-ej83: take 1 host of shop/web out of room B'],
    ['261130-ej83', 'undone', 'scale shop/web in room B by 1 host from web-a-01; undone by 261130-hhx1'],
    ['261130-96ap', 'done', 'scale shop/web in room B by 2 hosts from web-a-01'],
  ] as const;

  it('is listed as it ended, newest first', async () => {
    const { run } = await open('working-day');
    const { code, stdout } = await run('ops', 'list');
    expect(code).toBe(0);
    const rows = stdout.trimEnd().split('\n').slice(1);
    expect(rows).toHaveLength(DAY.length);
    for (const [index, [id, state, what]] of DAY.entries()) {
      expect(rows[index]).toMatch(new RegExp(`^${id} +${state} `));
      expect(rows[index]).toContain(` ${what}`);
    }
  });

  it('tells of a restart that failed whom to mend and where its hosts are', async () => {
    const { run, config } = await open('working-day');
    const { code, stdout } = await run('ops', 'show', 'cbc5');
    expect(code).toBe(0);
    for (const words of [
      '1 of 2 hosts done, 1 set aside (web-a-02: start: starting shop.service ended with status 1',
      '12 steps: 9 done, 1 failed, 2 not begun',
      'stops     after the first failed, unreachable or unhealthy host',
      'restarted                  web-a-01\nout of traffic             web-a-02',
      `repair first:    web-a-02 (start)\nsee why:         kuafu -c ${config} exec web-a-02 -- systemctl status shop.service\nthen go on with: kuafu -c ${config} ops resume 261130-cbc5`,
    ])
      expect(stdout).toContain(words);
  });

  it('tells of a push that was killed who has it, and shows no secret', async () => {
    const { run } = await open('working-day');
    const { code, stdout } = await run('ops', 'show', '4q2g', '--events');
    expect(code).toBe(0);
    for (const words of [
      '1 of 4 hosts done, 1 unknown (new-b-02), 2 not begun (web-b-[01-02])',
      '28 steps: 7 done, 1 unknown, 20 not begun',
      'restarted                  new-b-01\nperhaps out of traffic     new-b-02\nnot begun                  web-b-[01-02]',
      'batch 2 of 4: new-b-02',
    ])
      expect(stdout).toContain(words);
    expect(stdout).not.toContain('not-to-be-found');
  });

  it.each([
    ['2yr9', 'is closed: nothing to go on with'],
    ['ej83', 'is undone by 261130-hhx1: nothing to go on with'],
  ])('%s cannot be gone on with, which a dry run says, too', async (id, words) => {
    const { run } = await open('working-day');
    for (const flags of [['--dry-run'], []]) {
      const { code, stdout, stderr } = await run('ops', 'resume', id, ...flags);
      expect({ code, stdout, flags }).toEqual({ code: 3, stdout: '', flags });
      expect(stderr).toContain(words);
    }
  });

  it('is counted', async () => {
    const { run } = await open('working-day');
    const { operations, steps } = JSON.parse((await run('ops', 'stats', '--json')).stdout);
    const counts = Object.fromEntries(
      operations.map(
        ({ kind, room, count, done }: { kind: string; room: string; count: number; done: number }) => [
          `${kind} ${room}`,
          [count, done],
        ],
      ),
    );
    expect(counts).toEqual({
      'env-push A': [1, 1],
      'env-push B': [1, 0],
      'restart A': [1, 0],
      'scale B': [3, 2],
      'undo B': [1, 1],
    });
    expect(steps).toContainEqual(
      expect.objectContaining({ kind: 'restart', step: 'start', count: 2, done: 1, failed: 1 }),
    );
  });

  it('has left its members in the pool', async () => {
    const { run } = await open('working-day');
    const { hosts } = JSON.parse((await run('resource', 'list', '--json')).stdout);
    expect(hosts.filter(({ state }: { state: string }) => state !== 'free')).toMatchObject([
      { host: 'new-b-01', state: 'assigned', operation: '261130-96ap' },
      { host: 'new-b-02', state: 'assigned', operation: '261130-96ap' },
    ]);
  });
});
