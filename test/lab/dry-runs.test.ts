import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { changes, HOST_STATE } from '../support/host-digest.js';
import { LabRoom } from '../support/lab-room.js';

// A dry run, and whatever else only looks, changes nothing: no file, unit, key or server anywhere, and nothing in the ledger.
const room = new LabRoom();
const HOSTS = ['web-a-01', 'web-a-02', 'web-b-01', 'web-b-02', 'lb-a', 'lb-b', 'new-a-01'].concat(
  ['01', '02', '03', '04'].map((number) => `new-b-${number}`),
);
/** Installed and started, and forgotten by the balancer; installed alone; given up in the middle; left in the middle. */
const [FORGOTTEN, INSTALLED, GIVEN_UP, LEFT] = ['new-b-01', 'new-b-02', 'new-b-03', 'new-b-04'] as const;
let ids: Record<'installed' | 'left', string>;
let config: string;

beforeAll(async () => {
  await room.open();
  expect(await room.scale({ start: true })).toMatchObject({ code: 0 });
  const installed = await room.scale({});
  expect(installed).toMatchObject({ code: 0 });
  const pushed = await room.withConfig(({ apps }) => Object.assign(apps.shop.env.common, { ONE: '1' }));
  const push = ['env', 'push', '--app=shop', INSTALLED, '--yes'];
  expect(await room.kuafu(push, pushed)).toMatchObject({ code: 0 });
  config = await room.withConfig(({ apps }) => Object.assign(apps.shop.env.common, { ONE: '2' }));
  const givenUp = await killedInScale();
  expect(await room.kuafu(['ops', 'close', givenUp, '--yes'])).toMatchObject({ code: 0 });
  expect(await room.kuafu(['traffic', 'drain', 'web-b-02', '--yes'])).toMatchObject({ code: 0 });
  const id = `shop/${FORGOTTEN}`;
  const forget = `set server ${id} state maint; shutdown sessions server ${id}; del server ${id}`;
  await room.inHost('lb-b', `echo '${forget}' | nc -N -U /run/haproxy/admin.sock`);
  ids = { installed: installed.result.id, left: await killedInScale() };
}, 900_000);

afterAll(async () => {
  await room.kuafu(['traffic', 'ready', 'web-b-02', '--yes']);
  await room.setServers(['web-b-02'], 'ready');
  await room.close();
});

/** Ends an expansion by one host in the middle of it. @returns its operation */
async function killedInScale(): Promise<string> {
  const run = room.start(room.scaleWords({}));
  await run.says(/copy done/);
  run.process.kill('SIGKILL');
  await run.ended;
  return JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations[0].id;
}

/** All there is to change, by host; what only kuafu knows stands under `ledger`. */
async function everything(): Promise<ReadonlyMap<string, string>> {
  const states = await Promise.all(
    HOSTS.map(async (host): Promise<[string, string]> => [host, await room.inHost(host, HOST_STATE)]),
  );
  const asked = [
    ['resource', 'list'],
    ['ops', 'list'],
    ...Object.values(ids).map((id) => ['ops', 'show', id]),
  ];
  const documents = await Promise.all(asked.map((words) => room.kuafu([...words, '--json'])));
  return new Map([...states, ['ledger', documents.map(({ stdout }) => stdout).join('')]]);
}

const SCALE = ['--app=shop', '--group=web'];
const DRY: readonly (() => readonly string[])[] = [
  () => ['scale', ...SCALE, '--idc=A', '--count=1', '--template-ip=198.18.1.11', '--start'],
  () => ['scale', ...SCALE, '--idc=A', '--count=1', '--template-ip=198.18.1.11', '--replace', '--one-hop'],
  () => ['scale', ...SCALE, '--idc=A', '--to=3', '--template-ip=198.18.1.11'],
  () => ['scale', ...SCALE, '--idc=B', '--to=3'],
  () => ['scale', '--undo', ids.installed],
  () => ['start', '--app=shop', INSTALLED],
  () => ['restart', '--app=shop', '--idc=B', '--keep=0'],
  () => ['env', 'push', '--app=shop', '--idc=B'],
  () => ['env', 'push', '--app=shop', '--idc=B', '--restart', '--keep=0'],
  () => ['env', 'rollback', '--app=shop', INSTALLED],
  () => ['traffic', 'drain', 'web-b-01', '--keep=0'],
  () => ['traffic', 'ready', 'web-b-02'],
  () => ['traffic', 'repair', '--app=shop', '--idc=B'],
  () => ['resource', 'clean', GIVEN_UP],
  () => ['resource', 'reserve', 'new-a-01'],
  () => ['resource', 'release', GIVEN_UP],
  () => ['ops', 'resume', ids.left],
  () => ['ops', 'close', ids.left],
  () => ['exec', '@app:shop', '--', 'touch /root/was-here'],
];

it('dry runs of every command change nothing', async () => {
  const before = await everything();
  for (const host of [GIVEN_UP, LEFT]) expect(before.get(host)?.includes('/var/lib/kuafu'), host).toBe(true);
  for (const words of DRY.map((line) => line())) {
    const { code, stdout, stderr } = await room.kuafu([...words, '--dry-run'], config);
    // A plan that is refused has asked the hosts as well; a bug of ours, or wrong words, have not.
    expect([0, 3], `${words.join(' ')}: ${stderr}`).toContain(code);
    expect(`${stdout}${stderr}`, words.join(' ')).toMatch(/nothing was changed|no host was connected to/);
    expect(changes(before, await everything()), words.join(' ')).toEqual([]);
  }
}, 900_000);

it('nor does what only looks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kuafu-fetched-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const before = await everything();
  const lines = [
    ['agents'],
    ['rooms'],
    ['report', 'resources'],
    ['report', 'capacity', '--app=shop'],
    ['traffic', 'status'],
    ['env', 'diff', '--app=shop'],
    ['logs', 'grep', 'GET', 'web-b-[01-02]'],
    ['logs', 'fetch', 'web-b-01', '--to', folder],
  ];
  for (const words of lines) {
    const { code, stderr } = await room.kuafu(words, config);
    expect([0, 1], `${words.join(' ')}: ${stderr}`).toContain(code);
    expect(changes(before, await everything()), words.join(' ')).toEqual([]);
  }
}, 900_000);
