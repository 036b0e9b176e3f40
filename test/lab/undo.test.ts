import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// An expansion taken back: hosts as bare as before, the pool as before, and nobody outside notices.
const room = new LabRoom();
beforeEach(() => room.open());
afterEach(() => room.close());

const HOSTS = ['new-b-01', 'new-b-02', 'new-b-03'];

async function expand(count = HOSTS.length): Promise<string> {
  const run = await room.scale({ count, start: true });
  expect(run).toMatchObject({ code: 0 });
  return run.result.id;
}

async function undo(id: string, ...flags: string[]) {
  return await room.kuafu(['scale', '--undo', id, '--yes', ...flags]);
}

/** No file, no unit, no process of the shop, nothing of kuafu. */
async function expectBare(hosts: readonly string[]): Promise<void> {
  const look = `
ls -d /opt/* /etc/shop /etc/systemd/system/shop.service* /var/lib/kuafu 2>/dev/null
pgrep -f '[s]hop.py'
systemctl show --property=LoadState --value shop.service`;
  for (const host of hosts) expect(`${host}: ${await room.inHost(host, look)}`).toBe(`${host}: not-found\n`);
  const up = await room.serversUp();
  for (const host of hosts) expect(up).not.toContain(host);
}

it('takes the hosts out while users ask, and not one request is lost', async () => {
  const free = await room.resourcesFree();
  const id = await expand();
  expect(await room.answering()).toEqual(expect.arrayContaining(HOSTS));
  const dry = await room.kuafu(['scale', '--undo', id, '--dry-run']);
  expect(dry.stdout).toContain('/opt/shop, /etc/systemd/system/shop.service, /etc/shop/env');
  const checksum = /^checksum ([0-9a-f]+)$/m.exec(dry.stdout)?.[1] ?? '';

  const stop = room.keepAsking();
  const run = await room.kuafu(['scale', '--undo', id, '--checksum', checksum, '--json']);
  const statuses = await stop();
  expect(run.code).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ state: 'done', wanted: 3, done: 3 });
  expect(statuses.length).toBeGreaterThan(20);
  expect(new Set(statuses)).toEqual(new Set([200]));

  await expectBare(HOSTS);
  expect(await room.resourcesFree()).toBe(free);
  const show = await room.kuafu(['ops', 'show', id]);
  expect(show.stdout).toMatch(/^state +undone by \d{6}-\w{4}$/m);
  expect(await undo(id)).toMatchObject({ code: 3 });
  expect(await expand()).not.toBe(id);
});

it.each([/leave done/, /stop done/, /remove done/])('killed after %s, a resume ends it', async (moment) => {
  const free = await room.resourcesFree();
  const id = await expand();
  const process = room.start(['scale', '--undo', id, '--yes']);
  await process.says(moment);
  process.process.kill('SIGKILL');
  await process.ended;
  const [operation] = JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations;
  expect(operation).toMatchObject({ kind: 'undo' });
  if (operation.state !== 'done') expect(await room.resume(operation.id)).toMatchObject({ code: 0 });
  await expectBare(HOSTS);
  expect(await room.resourcesFree()).toBe(free);
});

it('leaves a host that hangs out of traffic and unfit, keeps it from everybody, and goes on once it is back', async () => {
  const free = await room.resourcesFree();
  const id = await expand();
  await room.freeze('new-b-02');
  const run = await undo(id, '--json');
  expect(run.code).toBe(4);
  const result = JSON.parse(run.stdout);
  expect(result).toMatchObject({ state: 'failed', wanted: 3, done: 2 });
  expect(await room.resources('unfit')).toMatchObject([
    { host: 'new-b-02', operation: result.id, reason: expect.stringMatching(/^stop: new-b-02/) },
  ]);
  expect(await room.serversUp()).not.toContain('new-b-02');
  await expectBare(['new-b-01', 'new-b-03']);
  const release = await room.kuafu(['resource', 'release', 'new-b-02']);
  expect(release).toMatchObject({ code: 3 });
  expect(release.stderr).toContain(`kuafu ops close ${result.id}`);

  await room.thaw('new-b-02');
  expect(await room.resume(result.id)).toMatchObject({ code: 0 });
  await expectBare(HOSTS);
  expect(await room.resourcesFree()).toBe(free);
});

it('takes back an expansion whose process was killed half-way, which is closed by it', async () => {
  const free = await room.resourcesFree();
  const process = room.start(room.scaleWords({ count: 3, start: true }));
  await process.says(/start done/);
  process.process.kill('SIGKILL');
  await process.ended;
  const [operation] = JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations;
  expect(operation).toMatchObject({ kind: 'scale', crashed: true });
  expect(await undo(operation.id)).toMatchObject({ code: 0 });
  await expectBare(HOSTS);
  expect(await room.resourcesFree()).toBe(free);
  expect(await room.kuafu(['ops', 'resume', operation.id])).toMatchObject({ code: 3 });
});

it('does not take the last hosts out of traffic unless told', async () => {
  const others = await room.serversUp();
  const id = await expand(1);
  await room.setServers(others, 'maint');
  try {
    const refused = await undo(id);
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toContain('--to-zero');
    expect(await room.answering()).toEqual(['new-b-01']);
    expect(await undo(id, '--to-zero')).toMatchObject({ code: 0 });
  } finally {
    await room.setServers(others, 'ready');
  }
  await expectBare(['new-b-01']);
});

it('is refused for what it cannot take back, and with other flags', async () => {
  expect(await undo('999999-zzzz')).toMatchObject({ code: 2 });
  const id = await expand(1);
  expect(await undo(id, '--app=shop')).toMatchObject({ code: 2 });
  const run = await undo(id, '--json');
  expect(run.code).toBe(0);
  const again = await undo(JSON.parse(run.stdout).id);
  expect(again).toMatchObject({ code: 3 });
  expect(again.stderr).toContain('is no expansion');
  expect(await room.kuafu(['scale', '--to-zero'])).toMatchObject({ code: 2 });
});
