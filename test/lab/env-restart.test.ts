import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { casesHere } from '../support/it-once.js';
import type { Ended } from '../support/kuafu.js';
import { LabRoom } from '../support/lab-room.js';

// New values and a rolling restart as one operation: users see no failed request, and nobody runs with old values.
const room = new LabRoom();
const SPARES = ['new-b-01', 'new-b-02'];
const CONFIGURED = ['web-b-01', 'web-b-02'];
const HOSTS = [...SPARES, ...CONFIGURED];
const FILE = '/etc/shop/env';
// A stop that ends no request by itself, as with many applications: only draining keeps them whole.
const RUDE = '/run/systemd/system/shop.service.d';
let since = 0;
let round = 0;
let config = '';

beforeAll(async () => {
  await room.open();
  for (const host of CONFIGURED) await room.inHost(host, `cp -a ${FILE} /root/env.before`);
  expect(await room.scale({ count: SPARES.length, start: true })).toMatchObject({ code: 0 });
  const rude = '[Service]\\nKillSignal=SIGKILL\\nSuccessExitStatus=SIGKILL\\n';
  const script = `mkdir -p ${RUDE} && printf '${rude}' > ${RUDE}/rude.conf; systemctl daemon-reload`;
  await onEach((host) => room.inHost(host, script));
});
afterAll(async () => {
  await onEach((host) => room.inHost(host, `rm -rf ${RUDE}; systemctl daemon-reload`));
  for (const host of CONFIGURED)
    await room.inHost(
      host,
      `rm -f ${FILE} ${FILE}.*; mv /root/env.before ${FILE}; systemctl restart shop.service`,
    );
  await room.close();
});
beforeEach(async () => {
  expect((await room.serversUp()).sort()).toEqual(HOSTS);
  config = await withValues({ ROUND: `${++round}` });
  // The journal is asked for whole seconds.
  await sleep(1000);
  since = Math.floor(Date.now() / 1000);
});

async function withValues(values: Readonly<Record<string, string>>): Promise<string> {
  return await room.withConfig(({ apps }) => {
    Object.assign(apps.shop.env.common, values);
    apps.shop.health.within = '5s';
  });
}

function words(...flags: readonly string[]): string[] {
  return ['env', 'push', '--app=shop', '--idc=B', '--restart', '--yes', ...flags];
}

/** The value with which the shop runs on each host, by its process. */
async function running(name: string): Promise<Record<string, string>> {
  const script = `tr '\\0' '\\n' < /proc/$(systemctl show --property=MainPID --value shop.service)/environ | sed -n 's/^${name}=//p'`;
  return await onEach(async (host) => (await room.inHost(host, script)).trim());
}

async function starts(): Promise<Record<string, number>> {
  return await onEach((host) => room.serviceStarts(host, since));
}

async function previous(): Promise<Record<string, string>> {
  return await onEach((host) => room.inHost(host, `cat ${FILE}.kuafu-prev`));
}

async function files(): Promise<Record<string, string>> {
  return await onEach((host) => room.inHost(host, `cat ${FILE}`));
}

async function onEach<T>(look: (host: string) => Promise<T>): Promise<Record<string, T>> {
  return Object.fromEntries(await Promise.all(HOSTS.map(async (host) => [host, await look(host)] as const)));
}

function each<T>(value: T): Record<string, T> {
  return Object.fromEntries(HOSTS.map((host) => [host, value]));
}

async function lastOperation(): Promise<{ id: string; kind: string }> {
  return JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations[0];
}

async function resume(id: string): Promise<Ended> {
  return await room.kuafu(['ops', 'resume', id], config);
}

it('gives each host new values and one restart, leaves alone who is right, and no request fails', async () => {
  const stop = room.putUnderLoad();
  const run = await room.kuafu(words(), config);
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('4 of 4 hosts restarted') });
  expect(run.stderr).not.toContain('kuafu restart');
  expect(await starts()).toEqual(each(1));
  expect(await running('ROUND')).toEqual(each(`${round}`));
  expect(await lastOperation()).toMatchObject({ kind: 'env-push' });

  const again = await room.kuafu(words(), config);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do: 4 of 4') });
  await room.inHost('web-b-01', `sed -i s/^ROUND=.*/ROUND=by-hand/ ${FILE}`);
  const one = await room.kuafu(words('--json', '--batch=1,50%'), config);
  expect(JSON.parse(one.stdout)).toMatchObject({ state: 'done', done: 1, wanted: 1 });
  expect(await starts()).toEqual({ ...each(1), 'web-b-01': 2 });

  const later = await withValues({ ROUND: 'later' });
  await room.kuafu(['env', 'push', '--app=shop', 'web-b-01', '--yes'], later);
  const right = await room.kuafu(['env', 'push', '--app=shop', 'web-b-01', '--yes'], later);
  expect(right.stdout).toContain('nothing to do: 1 of 1');
  expect(right.stderr).toContain('web-b-01: the service runs since before the file was last changed');
  const diff = ['env', 'diff', '--app=shop', 'web-b-01'];
  expect(await room.kuafu(diff, later)).toMatchObject({ code: 1 });
  const unread = await room.kuafu(words('--json', 'web-b-01'), later);
  expect(JSON.parse(unread.stdout)).toMatchObject({ state: 'done', done: 1, wanted: 1 });
  expect(await room.kuafu(diff, later)).toMatchObject({ code: 0 });
  expect(await running('ROUND')).toEqual({ ...each(`${round}`), 'web-b-01': 'later' });
  const load = await stop();
  expect(load.failures).toEqual([]);
  expect([...load.hosts.keys()].sort()).toEqual(HOSTS);
});

it.each(casesHere([/new-b-02 stop done/, /new-b-01 write done/], 1))(
  'kill -9 after %s: a resume restarts each host once, with the new values, and keeps the version of before',
  async (moment) => {
    const before = await files();
    const stop = room.putUnderLoad();
    const process = room.start(words('--window=2'), config);
    await process.says(moment);
    process.process.kill('SIGKILL');
    await process.ended;
    expect(await resume((await lastOperation()).id)).toMatchObject({ code: 0 });
    expect((await stop()).failures).toEqual([]);
    expect(await starts()).toEqual(each(1));
    expect(await running('ROUND')).toEqual(each(`${round}`));
    expect(await previous()).toEqual(before);
  },
);

it('restarts also a service that restarted by itself before it was written', async () => {
  const process = room.start(words(), config);
  await process.says(/new-b-01 write done/);
  await room.inHost('web-b-02', 'systemctl restart shop.service');
  expect(await process.ended).toMatchObject({ code: 0 });
  expect(await running('ROUND')).toEqual(each(`${round}`));
  expect(await starts()).toEqual({ ...each(1), 'web-b-02': 2 });
});

it('puts a host back into traffic that cannot be written, and drains it anew when it goes on', async () => {
  await room.inHost('new-b-01', 'mount -t tmpfs -o ro none /etc/shop');
  const stop = room.putUnderLoad();
  const run = await room.kuafu(words(), config);
  expect(run.code).toBe(4);
  expect(run.stdout).toMatch(/^in traffic as before +new-b-01$/m);
  expect(run.stdout).toMatch(/^not begun +new-b-02,web-b-\[01-02\]$/m);
  expect(await starts()).toEqual(each(0));
  await room.inHost('new-b-01', 'umount /etc/shop');
  const resumed = await resume((await lastOperation()).id);
  expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining('new-b-01 drain done') });
  expect((await stop()).failures).toEqual([]);
  expect(await starts()).toEqual(each(1));
});

describe('values with which the service never gets healthy', () => {
  it.each([
    [
      'the rollback and a restart',
      async (right: string) => {
        const rollback = ['env', 'rollback', '--app=shop', 'new-b-01', '--yes'];
        expect(await room.kuafu(rollback, right)).toMatchObject({ code: 0 });
        return await room.kuafu(['restart', '--app=shop', 'new-b-01', '--yes'], right);
      },
    ],
    ['a push of better ones', async (right: string) => await room.kuafu(words(), right)],
  ])('stop it at the first host, and %s brings that back', async (_, mend) => {
    await room.kuafu(words(), config);
    since = Math.floor(Date.now() / 1000) + 1;
    await sleep(1000);
    const before = await files();
    const stop = room.putUnderLoad();
    const run = await room.kuafu(words(), await withValues({ ROUND: 'bad', SHOP_FAULT: 'never-healthy' }));
    expect(run).toMatchObject({ code: 4, stderr: expect.stringContaining('1 host unhealthy (new-b-01)') });
    expect(run.stdout).toMatch(/^out of traffic +new-b-01$/m);
    expect(run.stdout).toMatch(/^not begun +new-b-02,web-b-\[01-02\]$/m);
    expect((await room.serversUp()).sort()).toEqual(HOSTS.slice(1));
    const after = await files();
    expect({ ...after, 'new-b-01': '' }).toEqual({ ...before, 'new-b-01': '' });
    expect(after['new-b-01']).toContain('never-healthy');

    const { id } = await lastOperation();
    expect(await mend(config)).toMatchObject({ code: 0 });
    expect(await resume(id)).toMatchObject({ code: 3, stderr: expect.stringContaining('new-b-01 after it') });
    expect((await stop()).failures).toEqual([]);
    expect((await room.serversUp()).sort()).toEqual(HOSTS);
    expect(await running('ROUND')).toEqual(each(`${round}`));
    expect(await starts()).toEqual({ ...each(0), 'new-b-01': 2 });
  });
});
