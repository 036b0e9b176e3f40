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
  if (state !== 'done') expect(await room.resume(id)).toMatchObject({ code: 0 });
  expect(await room.serversUp()).toEqual([OTHER]);

  // What it is for: nobody is there any more.
  await room.inHost(HOST, 'systemctl stop shop.service');
  const sick = await traffic('ready', HOST);
  expect(sick.code).toBe(3);
  expect(sick.stderr).toContain(`${HOST} is not ready: shop.service is inactive`);
  expect(await room.kuafu(['restart', '--app=shop', HOST, '--yes'])).toMatchObject({ code: 3 });
  await room.inHost(HOST, 'systemctl start shop.service');
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

it('waits for requests that take long, keeps a second operator away, and is no matter of the last host', async () => {
  const slow = room.askSlowly(4, 6000);
  const first = room.start(['traffic', 'drain', HOST, '--yes', '--drain=1s']);
  await first.says(/leave done/);
  const second = await traffic('drain', OTHER, '--keep=0');
  expect(second).toMatchObject({ code: 3 });
  const ended = await first.ended;
  expect(ended.code).toBe(4);
  expect(ended.stderr).toMatch(/\d sessions? w\w+ still open after 1 s, and no new one comes/);
  expect(new Set(await slow)).toEqual(new Set([200]));
  expect(await room.resume((await lastOperation()).id)).toMatchObject({ code: 0 });
  const last = await traffic('drain', OTHER);
  expect(last).toMatchObject({ code: 3, stderr: expect.stringContaining('none would serve') });
  expect(await traffic('ready', HOST)).toMatchObject({ code: 0 });
});

it('needs nothing of a host that is silent, and does not make it ready', async () => {
  const hasty = await room.withConfig((config) => {
    config.ssh.connectTimeout = '3s';
  });
  await room.freeze(HOST);
  expect(await room.kuafu(['traffic', 'drain', HOST, '--yes'], hasty)).toMatchObject({ code: 0 });
  expect(await states()).toMatchObject({ [HOST]: 'drained' });
  const ready = await room.kuafu(['traffic', 'ready', HOST, '--yes'], hasty);
  expect(ready).toMatchObject({ code: 3, stderr: expect.stringContaining(`${HOST} cannot be asked`) });
  await room.thaw(HOST);
  expect(await traffic('ready', HOST)).toMatchObject({ code: 0 });
});
