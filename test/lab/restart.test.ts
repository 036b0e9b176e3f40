import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// A rolling restart of eight hosts of room B: users see no failed request, whatever breaks on the way.
const room = new LabRoom();
const SPARES = ['new-b-01', 'new-b-02', 'new-b-03', 'new-b-04', 'new-b-05', 'new-b-06'];
const HOSTS = [...SPARES, 'web-b-01', 'web-b-02'];
// A stop that ends no request by itself, as with many applications: only draining keeps them whole.
const RUDE = '/run/systemd/system/shop.service.d';
let impatient = '';
let since = 0;

beforeAll(async () => {
  await room.open();
  impatient = await room.withConfig((config) => {
    config.apps.shop.health.within = '5s';
  });
  const run = await room.scale({ count: SPARES.length, start: true });
  expect(run).toMatchObject({ code: 0 });
  // A spare that was set aside says why.
  expect(run.result.hosts.filter(({ state }) => state !== 'done')).toEqual([]);
  const rude = '[Service]\\nKillSignal=SIGKILL\\nSuccessExitStatus=SIGKILL\\n';
  await onEach(`mkdir -p ${RUDE} && printf '${rude}' > ${RUDE}/rude.conf; systemctl daemon-reload`);
});
afterAll(async () => {
  await onEach(`rm -rf ${RUDE}; systemctl daemon-reload`);
  await room.close();
});
beforeEach(async () => {
  expect((await room.serversUp()).sort()).toEqual(HOSTS);
  // The journal is asked for whole seconds.
  await sleep(1000);
  since = Math.floor(Date.now() / 1000);
});

async function onEach(script: string): Promise<void> {
  await Promise.all(HOSTS.map((host) => room.inHost(host, script)));
}

function words(...flags: readonly string[]): string[] {
  return ['restart', '--app=shop', '--idc=B', '--yes', ...flags];
}

/** How often each host was started in this test. */
async function starts(hosts: readonly string[] = HOSTS): Promise<Record<string, number>> {
  const counted = hosts.map(async (host) => [host, await room.serviceStarts(host, since)] as const);
  return Object.fromEntries(await Promise.all(counted));
}

function each(count: number, hosts: readonly string[] = HOSTS): Record<string, number> {
  return Object.fromEntries(hosts.map((host) => [host, count]));
}

async function lastOperation(): Promise<{ id: string; state: string; kind: string }> {
  return JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations[0];
}

async function setHaproxy(wanted: 'start' | 'stop'): Promise<void> {
  await room.inHost('lb-b', `systemctl ${wanted} haproxy.service`);
}

/** After a restart of HAProxy the spares, which its file does not have, are told to it again. */
async function tellSpares(): Promise<void> {
  for (const [index, host] of SPARES.entries()) {
    const id = `shop/${host}`;
    const lines = [
      `add server ${id} 198.18.2.${101 + index}:8080 check inter 1s fall 2 rise 2`,
      `enable health ${id}`,
      `set server ${id} state ready`,
    ];
    await room.inHost('lb-b', `printf '%s\\n' '${lines.join('; ')}' | nc -N -U /run/haproxy/admin.sock`);
  }
  await expect.poll(async () => (await room.serversUp()).length, { timeout: 30_000 }).toBe(HOSTS.length);
}

describe('under load', () => {
  it.each([[[]], [['--window=2']], [['--batch=1,4', '--keep=4']]])(
    'with %j restarts every host once, and no request fails',
    async (flags) => {
      const stop = room.putUnderLoad();
      const run = await room.kuafu(words('--json', ...flags));
      const load = await stop();
      expect(run).toMatchObject({ code: 0 });
      expect(JSON.parse(run.stdout)).toMatchObject({ state: 'done', wanted: 8, done: 8 });
      expect(load.failures).toEqual([]);
      expect(load.answers).toBeGreaterThan(200);
      expect([...load.hosts.keys()].sort()).toEqual(HOSTS);
      expect(await starts()).toEqual(each(1));
      expect((await room.serversUp()).sort()).toEqual(HOSTS);
    },
  );

  it('stops at a host that never gets healthy; a resume goes on with those that are left, and mends it', async () => {
    const broken = 'new-b-02';
    await room.breakService(broken, 'never-healthy');
    await room.inHost(broken, 'systemctl daemon-reload');
    const stop = room.putUnderLoad();
    const run = await room.kuafu(words(), impatient);
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('1 host unhealthy (new-b-02), and --max-unhealthy is 0; 1 of 8 hosts done');
    expect(run.stdout).toMatch(/^restarted +new-b-01$/m);
    expect(run.stdout).toMatch(/^out of traffic +new-b-02$/m);
    expect(run.stdout).toMatch(/^not begun +new-b-\[03-06\],web-b-\[01-02\]$/m);
    const others = HOSTS.filter((host) => host !== broken);
    expect((await room.serversUp()).sort()).toEqual(others);
    const untouched = others.filter((host) => host !== 'new-b-01');
    expect(await starts(untouched)).toEqual(each(0, untouched));

    const { id } = await lastOperation();
    const again = await room.resume(id);
    expect(again).toMatchObject({ code: 4, result: { done: 7, wanted: 8 } });
    expect(again.stderr).toContain('not mended yet:  new-b-02 (health failed as before)');
    expect(await starts()).toEqual({ ...each(1), [broken]: 2 });
    // Nobody starts it: the process that never got healthy is still there.
    await room.inHost(broken, 'rm -r /etc/systemd/system/shop.service.d; systemctl daemon-reload');
    expect(await room.resume(id)).toMatchObject({ code: 0, result: { done: 8 } });
    const load = await stop();
    expect(load.failures).toEqual([]);
    expect(await starts()).toEqual({ ...each(1), [broken]: 3 });
  });
});

it('says how many requests a drain that is too short has cut', async () => {
  // More than there are hosts, in turn: each has some for longer than the restart gives them.
  const asked = room.askSlowly(32, 15_000);
  await sleep(1000);
  const run = await room.kuafu([...words('--drain=1ms'), 'new-b-01']);
  const cut = (await asked).filter((status) => status !== 200);
  expect(run.code).toBe(0);
  const [, said] =
    /new-b-01 drain done .*: (\d+) sessions were still open after 0\.001 s/.exec(run.stderr) ?? [];
  expect(cut.length).toBeGreaterThan(1);
  expect(Number(said)).toBe(cut.length);
});

describe('the capacity floor', () => {
  it('is refused with the number that works when nothing can satisfy it', async () => {
    const run = await room.kuafu(['restart', '--app=shop', '--idc=A', '--keep=90%', '--yes']);
    expect(run).toMatchObject({ code: 3 });
    expect(run.stderr).toContain('--keep 90% (2) cannot be kept; --keep 50% can');
  });

  it('holds when others leave on the way: it waits, then stops and names them', async () => {
    const process = room.start(words('--keep=7', '--drain=1s'), impatient);
    await process.says('new-b-01 leave done');
    await room.setServers(['web-b-02'], 'maint');
    const run = await process.ended;
    await room.setServers(['web-b-02'], 'ready');
    expect(run.code).toBe(4);
    expect(run.stderr).toContain(
      'new-b-02 leave failed 3', // after thirty-odd seconds
    );
    expect(run.stderr).toContain(
      'not taken out: 7 of 8 hosts serve, without it 7 must (--keep); out or unhealthy: web-b-02',
    );
    expect(run.stdout).toMatch(/^in traffic as before +new-b-02$/m);
    expect(await starts()).toEqual({ ...each(0), 'new-b-01': 1 });
    await expect.poll(async () => (await room.serversUp()).length).toBe(8);
    expect(await room.resume((await lastOperation()).id)).toMatchObject({ code: 0 });
    expect(await starts()).toEqual(each(1));
  });
});

describe('a balancer that is down', () => {
  it('before it begins: refused, nothing is stopped', async () => {
    await setHaproxy('stop');
    try {
      const run = await room.kuafu(words());
      expect(run).toMatchObject({ code: 3 });
      expect(run.stderr).toContain('who is in traffic cannot be read');
      expect(run.stderr).toContain('lb-b');
    } finally {
      await setHaproxy('start');
      await tellSpares();
    }
    expect(await starts()).toEqual(each(0));
  });

  it('on the way: stops, and goes on once it is back', async () => {
    const process = room.start(words());
    await process.says('new-b-02 leave done');
    await setHaproxy('stop');
    const run = await process.ended;
    await setHaproxy('start');
    await tellSpares();
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('lb-b');
    const begun = await starts();
    for (const host of HOSTS.slice(2)) expect(begun[host]).toBe(0);
    expect(await room.resume((await lastOperation()).id)).toMatchObject({ code: 0 });
    expect(await starts()).toEqual(each(1));
  });
});

describe('an end in the middle', () => {
  it.each([/leave done/, /stop done/, /start done/, /new-b-03 leave done/])(
    'kill -9 after %s: a resume restarts each host exactly once, and no request fails',
    async (moment) => {
      const stop = room.putUnderLoad();
      const process = room.start(words('--window=2'));
      await process.says(moment);
      process.process.kill('SIGKILL');
      await process.ended;
      expect(await room.resume((await lastOperation()).id)).toMatchObject({ code: 0, result: { done: 8 } });
      expect((await stop()).failures).toEqual([]);
      expect(await starts()).toEqual(each(1));
    },
  );

  it('kill -9 at random moments', async () => {
    for (let round = 0; round < 3; round++) {
      since = Math.floor(Date.now() / 1000) + 1;
      await sleep(1000);
      const process = room.start(words('--window=3'));
      await process.says(/operation \S+: restart/);
      const moment = Math.random() * 10_000;
      await Promise.race([sleep(moment), process.ended]);
      process.process.kill('SIGKILL');
      await process.ended;
      const operation = await lastOperation();
      if (operation.state !== 'done') expect(await room.resume(operation.id)).toMatchObject({ code: 0 });
      expect({ moment, starts: await starts() }).toEqual({ moment, starts: each(1) });
    }
  });

  it('Ctrl-C lets the host that is out come back, and begins no other', async () => {
    const process = room.start(words());
    await process.says('new-b-01 stop done');
    process.process.kill('SIGINT');
    const run = await process.ended;
    expect(run.code).toBe(130);
    expect(run.stderr).toContain('new-b-01 join done');
    expect((await room.serversUp()).sort()).toEqual(HOSTS);
    expect(await starts()).toEqual({ ...each(0), 'new-b-01': 1 });
    expect(await room.resume((await lastOperation()).id)).toMatchObject({ code: 0 });
    expect(await starts()).toEqual(each(1));
  });
});

describe('beside others', () => {
  it('excludes an expansion of the same group and room', async () => {
    const process = room.start(words());
    await process.says(/leave done/);
    const other = await room.kuafu(room.scaleWords({ count: 1, start: true }));
    expect(other).toMatchObject({ code: 3 });
    expect(other.stderr).toContain('app/shop/web/B is locked by operation');
    expect(await process.ended).toMatchObject({ code: 0 });
  });

  it('leaves out of traffic who is out, and stopped who was stopped, and takes a host by name alone', async () => {
    await room.setServers(['web-b-01'], 'maint');
    await room.inHost('web-b-02', 'systemctl stop shop.service');
    // As long as the balancer sees it up, it counts as serving.
    await expect.poll(async () => await room.serversUp(), { timeout: 30_000 }).not.toContain('web-b-02');
    const dry = await room.kuafu(words('--dry-run'));
    expect(dry.stdout).toContain('web-b-01 is out of traffic at lb-b, and stays out');
    expect(dry.stdout).toContain('shop.service is stopped on web-b-02, and stays so');
    const alone = await room.kuafu([...words(), 'web-b-02']);
    expect(alone).toMatchObject({ code: 3, stderr: expect.stringContaining('nothing to restart') });
    const run = await room.kuafu([...words('--json'), 'web-b-[01-02]']);
    expect(run.code).toBe(0);
    expect(await starts()).toEqual({ ...each(0), 'web-b-01': 1 });
    const up = HOSTS.filter((host) => !host.startsWith('web-b-'));
    expect((await room.serversUp()).sort()).toEqual(up);
    await room.inHost('web-b-02', 'systemctl start shop.service');
    await room.setServers(['web-b-01'], 'ready');
    await expect.poll(async () => (await room.serversUp()).length, { timeout: 30_000 }).toBe(8);
  });
});
