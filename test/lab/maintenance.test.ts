import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// A host taken out by a person and brought back: users see no failed request, and nobody else brings it back.
const room = new LabRoom();
const HOST = 'web-b-01';
const OTHER = 'web-b-02';

beforeEach(() => room.open());
afterEach(async () => {
  await room.inHost(HOST, 'systemctl start shop.service');
  await room.setServers([HOST, OTHER], 'ready');
  await room.close();
});

const traffic = (...words: readonly string[]) => room.kuafu(['traffic', ...words, '--yes']);

async function haproxy(command: string): Promise<string> {
  return await room.inHost('lb-b', `echo '${command}' | nc -N -U /run/haproxy/admin.sock`);
}

async function states(): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await room.kuafu(['traffic', 'status', '--idc=B', '--json']);
  const servers: { host: string; state: string }[] = JSON.parse(stdout).servers;
  return Object.fromEntries(servers.map(({ host, state }) => [host, state]));
}

async function lastOperation(): Promise<{ id: string; state: string; kind: string }> {
  return JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations[0];
}

it('is out until it is made ready, whatever is restarted or killed, and no request fails', async () => {
  await haproxy(`set server shop/${HOST} weight 3`);
  const stop = room.putUnderLoad();
  const killed = room.start(['traffic', 'drain', HOST, '--yes']);
  await killed.says(/leave done/);
  killed.process.kill('SIGKILL');
  await killed.ended;
  const { id, kind, state } = await lastOperation();
  expect(kind).toBe('traffic-drain');
  if (state !== 'done') {
    const second = await traffic('drain', OTHER, '--keep=0');
    expect(second).toMatchObject({ code: 3, stderr: expect.stringContaining(`locked by operation ${id}`) });
  }
  if (state !== 'done') expect(await room.resume(id)).toMatchObject({ code: 0 });
  expect(await room.serversUp()).toEqual([OTHER]);

  // What it is for: nobody is there any more.
  await room.inHost(HOST, 'systemctl stop shop.service');
  const sick = await traffic('ready', HOST);
  expect(sick.code).toBe(3);
  expect(sick.stderr).toContain(`${HOST} is not ready: shop.service is inactive`);
  expect(await room.kuafu(['restart', '--app=shop', HOST, '--yes'])).toMatchObject({ code: 3 });
  expect(await room.kuafu(['start', HOST, '--yes'])).toMatchObject({ code: 0 });
  const repair = await traffic('repair', '--app=shop', '--idc=B');
  expect(repair.stderr).toMatch(new RegExp(`${HOST} drained by \\w+ since .* \\(operation ${id}\\)`));
  expect(repair).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do') });
  expect(await states()).toMatchObject({ [HOST]: 'drained', [OTHER]: 'in traffic' });
  for (const words of [
    ['traffic', 'status', '--idc=B'],
    ['rooms', '--no-probe'],
  ]) {
    const shown = await room.kuafu(words);
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining(`(operation ${id})`) });
  }

  const ready = room.start(['traffic', 'ready', HOST, '--yes']);
  await ready.says(/health done/);
  ready.process.kill('SIGKILL');
  await ready.ended;
  expect(await room.resume((await lastOperation()).id)).toMatchObject({ code: 0 });
  const load = await stop();
  expect(load.failures).toEqual([]);
  expect(load.answers).toBeGreaterThan(100);
  expect((await room.serversUp()).sort()).toEqual([HOST, OTHER]);
  expect(await haproxy(`get weight shop/${HOST}`)).toMatch(/^3 /);
  await haproxy(`set server shop/${HOST} weight 1`);
  expect(await traffic('ready', HOST)).toMatchObject({ code: 0 });
});

it('is found where a reload of the balancer has put it back, and leaves again', async () => {
  expect(await traffic('drain', HOST)).toMatchObject({ code: 0 });
  await room.inHost('lb-b', 'systemctl reload haproxy.service');
  await expect.poll(() => room.serversUp(), { timeout: 10_000 }).toContain(HOST);
  const status = await room.kuafu(['traffic', 'status', '--idc=B']);
  expect(status).toMatchObject({ code: 1, stdout: expect.stringContaining('forgotten') });
  expect(status.stdout).toContain(`kuafu traffic drain ${HOST}`);
  expect(await room.kuafu(['agents', 'lb-b'])).toMatchObject({ code: 1 });

  expect(await room.kuafu(['restart', '--app=shop', HOST, '--yes'])).toMatchObject({ code: 0 });
  expect(await room.serversUp()).toEqual([OTHER]);
  await room.inHost('lb-b', 'systemctl restart haproxy.service');
  await expect.poll(() => room.serversUp(), { timeout: 10_000 }).toContain(HOST);
  expect(await traffic('drain', HOST)).toMatchObject({ code: 0 });
  expect(await room.serversUp()).toEqual([OTHER]);
  expect(await traffic('ready', HOST)).toMatchObject({ code: 0 });
  expect((await room.serversUp()).sort()).toEqual([HOST, OTHER]);
});

it('waits for requests that take long, needs nothing of a silent host, and never takes the last one', async () => {
  const slow = room.askSlowly(4, 12_000);
  const first = await traffic('drain', HOST, '--drain=500ms');
  expect(first.code).toBe(4);
  expect(first.stderr).toMatch(/\d sessions? w\w+ still open after 0.5 s, and no new one comes/);
  await room.inHost(HOST, 'systemctl stop ssh.service');
  try {
    expect(await traffic('drain', OTHER)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('none would serve'),
    });
    expect(new Set(await slow)).toEqual(new Set([200]));
    expect(await room.resume((await lastOperation()).id)).toMatchObject({ code: 0 });
    const ready = await traffic('ready', HOST);
    expect(ready).toMatchObject({ code: 3, stderr: expect.stringContaining(`${HOST} cannot be asked`) });
  } finally {
    await room.inHost(HOST, 'systemctl start ssh.service');
  }
  expect(await traffic('ready', HOST)).toMatchObject({ code: 0 });
});

it('starts what was installed, and makes the group larger and smaller, and no request fails', async () => {
  const stop = room.putUnderLoad();
  expect(await room.scale({ count: 1 })).toMatchObject({ code: 0 });
  await expectNobodyCountsOn('new-b-01');
  const where = ['--app=shop', '--group=web', '--idc=B', '--yes'];
  const killed = room.start(['start', ...where]);
  await killed.says(/enrol done/);
  killed.process.kill('SIGKILL');
  await killed.ended;
  expect(await room.resume((await lastOperation()).id)).toMatchObject({ code: 0 });
  const again = await room.kuafu(['start', ...where]);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do') });

  const to = (count: number) => ['scale', `--to=${count}`, '--template-ip=198.18.1.11', '--start', ...where];
  expect(await room.kuafu(to(5))).toMatchObject({ code: 0 });
  const brought = ['new-b-01', 'new-b-02', 'new-b-03'];
  await expect.poll(async () => (await room.serversUp()).sort()).toEqual([...brought, HOST, OTHER]);
  expect(await room.kuafu(to(5))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('nothing to do'),
  });
  expect(await room.kuafu(to(1))).toMatchObject({
    code: 3,
    stderr: expect.stringContaining(`${HOST.slice(0, -2)}[01-02]`),
  });
  expect(await room.kuafu(to(2))).toMatchObject({ code: 3, stderr: expect.stringContaining('--keep 40%') });

  const shrinking = room.start(to(3));
  await shrinking.says(/stop done/);
  shrinking.process.kill('SIGKILL');
  await shrinking.ended;
  expect(await room.resume((await lastOperation()).id)).toMatchObject({ code: 0 });
  expect(await room.resources('assigned')).toMatchObject([{ host: 'new-b-01' }]);
  const undo = await room.kuafu(['scale', '--undo', (await assignedBy('new-b-01')) ?? '', '--yes']);
  const load = await stop();
  expect(undo).toMatchObject({ code: 0 });
  expect(load.failures).toEqual([]);
  expect(await room.serversUp()).toEqual([HOST, OTHER]);
  const left = 'ls -d /opt/* /etc/shop /etc/systemd/system/shop.service /var/lib/kuafu 2>/dev/null; true';
  for (const host of brought) expect(`${host}: ${await room.inHost(host, left)}`).toBe(`${host}: `);
});

it('cleans a spare that was given up half-made, and gives it back', async () => {
  const free = await room.resourcesFree();
  const killed = room.start(room.scaleWords({ count: 1, start: true }));
  await killed.says(/start done/);
  killed.process.kill('SIGKILL');
  await killed.ended;
  const { id } = await lastOperation();
  const clean = () => room.kuafu(['resource', 'clean', 'new-b-01', '--yes']);
  expect(await clean()).toMatchObject({ code: 3, stderr: expect.stringContaining(`kuafu ops close ${id}`) });
  expect(await room.kuafu(['ops', 'close', id, '--yes'])).toMatchObject({ code: 0 });
  await room.inHost('new-b-01', 'echo mine > /opt/shop/mine');
  const run = await clean();
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('1 of 1 hosts back in the pool') });
  expect(run.stderr).toContain('removed /opt/shop; left /opt/shop, which was not brought: 1 name: mine');
  expect(await room.resourcesFree()).toBe(free);
  const left =
    'ls -d /opt/shop/* /etc/shop /etc/systemd/system/shop.service /var/lib/kuafu 2>/dev/null; pgrep -f "[s]hop.py"; true';
  expect(await room.inHost('new-b-01', left)).toBe('/opt/shop/mine\n');
});

it('knows an installed host that was started by hand, and what to type for it', async () => {
  const host = 'new-b-01';
  const where = ['--app=shop', '--idc=B'];
  const dry = (...words: readonly string[]) => room.kuafu([...words, '--dry-run']);
  expect(await room.kuafu(room.scaleWords({ count: 1 }))).toMatchObject({ code: 0 });
  expect((await states())[host]).toBe('not started');

  // It runs, and no balancer knows it: ready names the repair, and the repair brings it.
  await room.inHost(host, 'systemctl start shop.service');
  expect((await states())[host]).toBe('missing');
  const ready = await traffic('ready', host);
  expect(ready).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('kuafu traffic repair --app shop'),
  });
  expect(await room.kuafu(['agents', host])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('not known to the balancer lb-b'),
  });

  // It died: it counts as a host of the group, its logs are missing, and its service is a finding.
  const noRestart = '/run/systemd/system/shop.service.d';
  await room.inHost(
    host,
    `mkdir -p ${noRestart}; printf '[Service]\\nRestart=no\\n' > ${noRestart}/no.conf; systemctl daemon-reload
systemctl kill -s KILL shop.service; sleep 1; rm -r /var/log/shop`,
  );
  const restart = await dry('restart', ...where, HOST);
  expect(restart.stdout).toContain('keeps    2 of new-b-01,web-b-[01-02] serving');
  const logs = await room.kuafu(['logs', 'grep', 'no such word', ...where]);
  expect(logs).toMatchObject({ code: 4, stderr: expect.stringContaining(`${host}: there is no /var/log`) });
  expect(await room.kuafu(['report', 'resources', host])).toMatchObject({ code: 1 });

  await room.inHost(
    host,
    `rm -r ${noRestart}; mkdir -p /var/log/shop; systemctl daemon-reload
systemctl reset-failed shop.service; systemctl start shop.service`,
  );
  expect(await traffic('repair', ...where)).toMatchObject({ code: 0 });
  expect((await states())[host]).toBe('in traffic');
  expect(await room.kuafu(['scale', '--undo', (await assignedBy(host)) ?? '', '--yes'])).toMatchObject({
    code: 0,
  });
});

async function assignedBy(host: string): Promise<string | undefined> {
  const rows = (await room.resources('assigned')) as readonly { host: string; operation: string }[];
  return rows.find((row) => row.host === host)?.operation;
}

/** It was installed and never started: a restart keeps half of the others serving, and its logs are missing to nobody. */
async function expectNobodyCountsOn(host: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kuafu-fetched-'));
  const plan = await room.kuafu(['restart', '--app=shop', '--idc=B', '--dry-run']);
  expect(plan).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('keeps    1 of web-b-[01-02] serving'),
  });
  for (const words of [
    ['logs', 'grep', 'no such word', '--app=shop', '--idc=B'],
    ['logs', 'tail', '--app=shop', '--idc=B', '--no-follow'],
    ['logs', 'fetch', '--app=shop', '--idc=B', `--to=${folder}`],
  ]) {
    const { code, stderr } = await room.kuafu(words);
    expect({ words, code }).toEqual({ words, code: words[1] === 'grep' ? 1 : 0 });
    expect(stderr).toContain(`${host}: not started yet: there is no /var/log/shop/*.log`);
  }
  await rm(folder, { recursive: true });
}
