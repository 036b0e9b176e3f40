import { execFile, execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLedger } from '../../src/lib/ledger/open.js';
import { currentOwner } from '../../src/lib/ledger/owner.js';
import { kuafu } from '../support/kuafu.js';
import { deadOwner, planOf, scratchFolder } from '../unit/ledger/fixture.js';

const BIN = fileURLToPath(new URL('../../bin/kuafu.js', import.meta.url));
const CONFIG = (ledger: string) => `ledger: 'sqlite:${ledger}'
rooms:
  A: {network: 198.18.1.0/24, hosts: {'web-a-[01-02]': '198.18.1.[11-12]'}}
  B: {hosts: {web-b-01: 198.18.2.11, 'evil$(reboot)': 198.18.2.12}, spare: {'new-b-[01-03]': '198.18.2.[101-103]'}}
apps:
  shop: {groups: {web: {}, api: {}}}
  mail: {groups: {imap: {}}}
  faulty: 7
`;

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let env: Record<string, string>;
let id: string;

beforeAll(async () => {
  folder = await scratchFolder();
  const file = join(folder.path, 'ledger.db');
  const config = join(folder.path, 'kuafu.config.yaml');
  await writeFile(config, CONFIG(file));
  await writeFile(join(folder.path, 'kuafu'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  await chmod(join(folder.path, 'kuafu'), 0o755);
  const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
  // Of a process that lives, this one: it counts as running however long the tests take.
  id = await ledger.open(planOf([], { title: 'scale \x1b[31mshop' }), currentOwner({}));
  await ledger.close();
  env = { KUAFU_CONFIG: config, PATH: `${folder.path}:${process.env.PATH}` };
});

afterAll(() => folder.remove());

async function candidates(...words: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await kuafu(['complete', '--', ...words], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

describe('kuafu complete', () => {
  it.each([
    [['sca'], ['scale']],
    [
      ['ops', 's'],
      ['show', 'stats', 'stop'],
    ],
    [['--config', 'x', 'ops', 'sh'], ['show']],
    [['config', 'h'], ['hosts']],
    [
      ['config', 'hosts', 'web-a'],
      ['web-a-01', 'web-a-02'],
    ],
    [
      ['restart', 'web-a-01', 'web-a'],
      ['web-a-01', 'web-a-02'],
    ],
    [['logs', 'tail', 'web-a-01,web-a-02'], ['web-a-01,web-a-02']],
    [['ops', 'list', '--la'], ['--launched']],
    [
      ['ops', 'list', '--launched', ''],
      ['terminal', 'cron', 'ci', 'other', 'resumed'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['scale', '--app', ''],
      ['shop', 'mail', 'faulty'],
    ],
    [['scale', '--app=s'], ['--app=shop']],
    [['scale', '--app', 'mail', '--group', ''], ['imap']],
    [
      ['scale', '--group', ''],
      ['web', 'api', 'imap'],
    ],
    [
      ['ops', 'list', '--idc', ''],
      ['A', 'B'],
    ],
    [
      ['exec', 'web-a'],
      ['web-a-01', 'web-a-02'],
    ],
    [
      ['exec', '@'],
      ['@all', '@app:shop', '@app:mail', '@app:faulty', '@idc:A', '@idc:B'],
    ],
    [['exec', 'web-a-01,web-b'], ['web-a-01,web-b-01']],
    [['exec', 'evil'], []],
    [['exec', '@all', '--', 'upt'], []],
    [
      ['resource', 'release', 'new-b-01', 'new'],
      ['new-b-01', 'new-b-02', 'new-b-03'],
    ],
    [
      ['resource', 'reserve', ''],
      ['new-b-01', 'new-b-02', 'new-b-03'],
    ],
    [['exec', "'web-a-01,web-a"], ['web-a-01,web-a-02']],
    [['exec', 'web-a-[01-02],web-b'], ['web-a-[01-02],web-b-01']],
    [['exec', 'web-a-01,web-a'], ['web-a-01,web-a-02']],
    [
      ['scale', '--template-ip', '198.18.1.'],
      ['198.18.1.11', '198.18.1.12'],
    ],
    [['scale', '--init', ''], ['base']],
    [['help', 'sca'], ['scale']],
    [
      ['help', 'ops', 's'],
      ['show', 'stats', 'stop'],
    ],
    [['help', 'ops', 'show', ''], []],
    [
      ['report', 'capacity', '--lost', ''],
      ['A', 'B'],
    ],
    [['ops', '--config', ''], [':files']],
    [['nosuch', 'x'], []],
  ])('%j', async (words, expected) => {
    expect(await candidates(...words)).toEqual(expected);
  });

  it('offers of the operations what can be resumed, closed and undone', async () => {
    const file = join(folder.path, 'several.db');
    const config = join(folder.path, 'several.yaml');
    await writeFile(config, CONFIG(file));
    const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
    const me = currentOwner({});
    const open = async (room: string, owner = me) =>
      await ledger.open(planOf([`new-${room}`], { locks: [room] }), owner);
    const ended = async (room: string, state: 'done' | 'failed') => {
      const id = await open(room);
      if (state === 'done') await ledger.assign(`new-${room}`, id, 'shop', 'web');
      await ledger.finish(id, state, '');
      return id;
    };
    const live = await open('a');
    const crashed = await open('b', deadOwner('li'));
    const failed = await ended('c', 'failed');
    const done = await ended('d', 'done');
    const closed = await ended('e', 'failed');
    await ledger.giveUp(closed, me);
    await ledger.close();
    const offered = async (...words: readonly string[]) =>
      new Set(await candidates(...words, '--config', config, ''));
    expect(await offered('ops', 'show')).toEqual(new Set([live, crashed, failed, done, closed]));
    expect(await offered('ops', 'resume')).toEqual(new Set([crashed, failed]));
    expect(await offered('ops', 'close')).toEqual(new Set([crashed, failed]));
    expect(new Set(await candidates('scale', '--config', config, '--undo', ''))).toEqual(
      new Set([crashed, failed, done]),
    );
  });

  it('knows the operations, and shows nothing that a terminal would obey', async () => {
    const { stdout } = await kuafu(['complete', '--', 'ops', 'show', id.slice(0, 3)], env);
    expect(stdout).toBe(`${id}\trunning: scale shop\n`);
  });

  it.each(['rooms: [', 'rooms: {A: 3, B: {hosts: {"x[": 1}}}', ''])(
    'says nothing of a configuration %j',
    async (text) => {
      const file = join(folder.path, 'broken.yaml');
      await writeFile(file, text);
      expect(await candidates('exec', '--config', file, 'web')).toEqual([]);
      expect(await candidates('ops', 'show', '--config', '/nowhere.yaml', '2')).toEqual([]);
    },
  );
});

describe('the script for bash', () => {
  /** What bash has in COMPREPLY when tab is pressed at the end of the line. */
  async function pressTab(line: string): Promise<string[]> {
    const driver = `
      source <(kuafu completion bash)
      complete -p kuafu
      COMP_LINE=$1 COMP_POINT=\${#1}
      _kuafu
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', driver, 'bash', line], {
      env: { ...process.env, ...env },
    });
    const [registered, ...replies] = stdout.trimEnd().split('\n');
    expect(registered).toBe('complete -F _kuafu kuafu');
    return replies.filter(Boolean);
  }

  it.each([
    ['kuafu sca', ['scale']],
    ['kuafu ops list --idc ', ['A', 'B']],
    ['kuafu scale --app=sh', ['shop']],
    ['kuafu exec @app:s', ['shop']],
    ['kuafu exec web-a-01,web-a', ['web-a-01,web-a-02']],
    ['kuafu nosuch $(touch /nowhere) ', []],
  ])('completes %j', async (line, expected) => {
    expect(await pressTab(line)).toEqual(expected);
  });
});

describe.each(['zsh', 'fish'])('the script for %s', (shell) => {
  const isInstalled = () => {
    try {
      execFileSync('which', [shell]);
      return true;
    } catch {
      return false;
    }
  };

  it('asks kuafu, and is sound where that shell is', async () => {
    const { stdout } = await kuafu(['completion', shell]);
    expect(stdout).toContain('command kuafu complete -- ');
    const script = join(folder.path, `script.${shell}`);
    await writeFile(script, stdout);
    if (isInstalled()) execFileSync(shell, ['-n', script]);
  });
});
