import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';
import { type Load, putUnderLoad } from '../support/load.js';
import { OWN_PORT, OWN_SOCKET, OwnHaproxy } from '../support/own-haproxy.js';
import { endSlowStart, makeStartSlow } from '../support/slow-start.js';
import { untilListening } from '../support/until-listening.js';

// HAProxy as others have it: its own names, weights, cookies, TLS, two of them, reloads. Users see no failed request.
const room = new LabRoom();
const balancer = new OwnHaproxy(room);
const second = new OwnHaproxy(room, 'web-b-02');
const ENTRY = `http://198.18.2.10:${OWN_PORT}`;
const CHECK = 'option httpchk GET /healthz';
const S1 = 'server srv1 198.18.2.11:8080';
const S2 = 'server srv2 198.18.2.12:8080';

beforeEach(() => room.open());
afterEach(async () => {
  await balancer.stop();
  await second.stop();
  for (const host of ['web-b-01', 'web-b-02']) {
    await room.inHost(host, END_TLS);
    await endSlowStart(room, host);
  }
  await room.close();
});

const END_TLS = 'pkill -f OPENSSL-LISTEN:8443 || true';
// TLS in front of the application of a host, as a sidecar has it.
const TLS = `
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=www.shop.test -addext subjectAltName=DNS:www.shop.test \
  -keyout /root/tls.key -out /root/tls.crt 2>/dev/null
cat /root/tls.key /root/tls.crt > /root/tls.pem
setsid socat OPENSSL-LISTEN:8443,reuseaddr,fork,cert=/root/tls.pem,verify=0 TCP:127.0.0.1:8080 >/dev/null 2>&1 </dev/null &
${untilListening(8443)}`;

// Longer than HAProxy tries again by itself.
const SLOW_S = 6;

type Traffic = { haproxy: object; socket: string; port: number };

async function ownConfig(traffic: Partial<Traffic> = {}): Promise<string> {
  return await room.withConfig((config) => {
    Object.assign(config.apps.shop.traffic, { socket: OWN_SOCKET, ...traffic });
  });
}

async function underLoad<T>(entry: string, work: () => Promise<T>): Promise<{ load: Load; result: T }> {
  const stop = putUnderLoad(entry);
  const result = await work();
  return { load: await stop(), result };
}

const restart = (config: string, ...flags: readonly string[]) =>
  room.kuafu(['restart', '--app=shop', '--idc=B', '--yes', ...flags], config);

describe('an expansion and a restart under load', () => {
  it.each([
    [
      'foreign names, weights and bounds',
      [CHECK, 'default-server weight 20 maxconn 50 check inter 1s', S1, S2],
      '20',
    ],
    [
      'cookies that make themselves',
      [
        'cookie SRV insert indirect nocache dynamic',
        'dynamic-cookie-key k',
        CHECK,
        `${S1} check`,
        `${S2} check`,
      ],
      '1',
    ],
    [
      'free places with a cookie each',
      [
        'cookie SRV insert indirect nocache',
        CHECK,
        `${S1} check cookie s1`,
        `${S2} check cookie s2`,
        'server slot1 0.0.0.0:8080 check disabled cookie slot1',
        'server slot2 0.0.0.0:8080 check disabled cookie slot2',
      ],
      '1',
    ],
    [
      'users who are sent to one server, in a service that starts slowly',
      [CHECK, 'use-server srv1 if { path /buy }', `${S1} check inter 1s`, `${S2} check inter 1s`],
      '1',
    ],
  ])('%s', async (name, backend, weight) => {
    for (const host of name.includes('slowly') ? ['web-b-01', 'web-b-02'] : [])
      await makeStartSlow(room, host, SLOW_S);
    await balancer.start(backend);
    const config = await ownConfig();
    const { load } = await underLoad(ENTRY, async () => {
      expect(await room.scale({ count: 1, start: true }, config)).toMatchObject({ code: 0 });
      expect(await restart(config)).toMatchObject({ code: 0 });
    });
    expect(load.failures).toEqual([]);
    expect(load.hosts.size).toBe(3);
    const servers = Object.values(await balancer.servers()).filter(({ up }) => up);
    expect(servers.map((server) => server.weight)).toEqual([weight, weight, weight]);
    const answers = await Promise.all(Array.from({ length: 12 }, () => fetch(`${ENTRY}/whoami`)));
    for (const answer of answers) expect(answer.headers.get('set-cookie') ?? '').not.toContain('1970');
  });

  it('another backend with the same hosts, in a service that starts slowly', async () => {
    for (const host of ['web-b-01', 'web-b-02']) await makeStartSlow(room, host, SLOW_S);
    const servers = [CHECK, `${S1} check inter 1s`, `${S2} check inter 1s`];
    await balancer.start(servers, {
      more: ['frontend others', '  bind :8082', '  default_backend api', 'backend api', ...servers],
    });
    const config = await ownConfig();
    const other = putUnderLoad('http://198.18.2.10:8082');
    const { load } = await underLoad(ENTRY, async () => {
      expect(await restart(config)).toMatchObject({ code: 0 });
    });
    expect([...load.failures, ...(await other()).failures]).toEqual([]);
  });

  it.each([
    ['that it tracks', 'api'],
    ['that tracks it', 'shop'],
  ])('a backend %s', async (_, checked) => {
    const own = [`${S1} check inter 1s`, `${S2} check inter 1s`];
    const tracking = [`${S1} track ${checked}/srv1`, `${S2} track ${checked}/srv2`];
    const [shop, api] = checked === 'shop' ? [own, tracking] : [tracking, own];
    await balancer.start([CHECK, ...shop], { more: ['backend api', CHECK, ...api] });
    const config = await ownConfig();
    const { load } = await underLoad(ENTRY, async () => {
      expect(await restart(config)).toMatchObject({ code: 0 });
    });
    expect(load.failures).toEqual([]);
    expect(Object.values(await balancer.servers()).filter(({ up }) => up)).toHaveLength(2);
  });

  it('TLS to the servers', async () => {
    for (const host of ['web-b-01', 'web-b-02', 'new-b-01']) await room.inHost(host, TLS);
    const tls = 'ssl verify none check inter 1s';
    await balancer.start([
      CHECK,
      `default-server ${tls}`,
      ...[11, 12].map((n) => `server t${n} 198.18.2.${n}:8443`),
    ]);
    const config = await ownConfig({ port: 8443 });
    const { load } = await underLoad(ENTRY, async () => {
      expect(await room.scale({ count: 1, start: true }, config)).toMatchObject({ code: 0 });
      const run = await restart(config);
      expect(run).toMatchObject({ code: 0 });
    });
    await room.inHost('new-b-01', END_TLS);
    expect(load.failures).toEqual([]);
    expect(load.hosts.size).toBe(3);
  });

  it('two balancers', async () => {
    const backend = [CHECK, `${S1} check inter 1s`, `${S2} check inter 1s`];
    await balancer.start(backend);
    await second.start(backend);
    const config = await ownConfig({ haproxy: { A: 'lb-a', B: ['lb-b', 'web-b-02'] } });
    const other = putUnderLoad(`http://198.18.2.12:${OWN_PORT}`);
    const { load } = await underLoad(ENTRY, async () => {
      expect(await room.scale({ count: 1, start: true }, config)).toMatchObject({ code: 0 });
      expect(await restart(config)).toMatchObject({ code: 0 });
    });
    expect([...load.failures, ...(await other()).failures]).toEqual([]);
    for (const each of [balancer, second])
      expect(Object.values(await each.servers()).filter(({ up }) => up)).toHaveLength(3);
    await second.stop();
    const alone = await restart(config);
    expect(alone).toMatchObject({ code: 3 });
    expect(alone.stderr).toContain('web-b-02');
  });

  it('a reload while a host drains: it is drained again', async () => {
    await balancer.start([CHECK, `${S1} check inter 1s`, `${S2} check inter 1s`]);
    const config = await ownConfig();
    const { load, result } = await underLoad(ENTRY, async () => {
      const process = room.start(['restart', '--app=shop', '--idc=B', '--yes'], config);
      await process.says('web-b-01 leave done');
      await balancer.reload();
      await process.says('web-b-02 leave done');
      await balancer.reload();
      return await process.ended;
    });
    expect(result).toMatchObject({ code: 0 });
    expect(result.stderr).toContain('it was back in traffic, as after a reload of the balancer');
    expect(load.failures).toEqual([]);
  });
});

it('reloads while hosts are down: nobody is sent where nobody listens', async () => {
  await balancer.start([CHECK, 'option redispatch', `${S1} check inter 2s`, `${S2} check inter 2s`]);
  const config = await ownConfig();
  const hosts = ['web-b-01', 'web-b-02'];
  for (const host of hosts) await makeStartSlow(room, host, SLOW_S);
  const { load, result } = await underLoad(ENTRY, async () => {
    const process = room.start(['restart', '--app=shop', '--idc=B', '--yes'], config);
    for (const host of hosts) {
      await process.says(`${host} stop done`);
      let isDown = true;
      const up = process.says(`${host} start done`).finally(() => {
        isDown = false;
      });
      while (isDown) {
        await balancer.reload();
        await sleep(300);
      }
      await up;
    }
    return await process.ended;
  });
  for (const host of hosts) await endSlowStart(room, host);
  expect(result).toMatchObject({ code: 0 });
  expect(result.stderr).toContain('it was back in traffic, as after a reload of the balancer');
  // A host that is down makes HAProxy answer by itself; connections that end without an answer are those of its old processes.
  expect(load.failures.filter((failure) => failure.includes('HTTP'))).toEqual([]);
});

it('a DRAIN that somebody set since the plan was made stays; ours is lifted', async () => {
  await balancer.start([CHECK, `${S1} check inter 1s`, `${S2} check inter 1s`]);
  const process = room.start(['restart', '--app=shop', '--idc=B', '--yes', '--keep=0'], await ownConfig());
  await process.says('web-b-01 leave done');
  await balancer.ask('set server shop/srv2 state drain');
  expect(await process.ended).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('srv2 stays out at lb-b, where somebody else took it out'),
  });
  const servers = await balancer.servers();
  expect(servers.srv1).toMatchObject({ admin: '0', up: true });
  expect(servers.srv2).toMatchObject({ admin: '8' });
});

it('a restart of HAProxy forgets an expansion: one look finds it, and one command mends it', async () => {
  const backend = [CHECK, `${S1} check inter 1s`, `${S2} check inter 1s`];
  await balancer.start(backend);
  const config = await ownConfig();
  expect(await room.scale({ count: 2, start: true }, config)).toMatchObject({ code: 0 });
  const status = () => room.kuafu(['traffic', 'status', '--idc=B'], config);
  expect(await status()).toMatchObject({ code: 0 });
  await balancer.stop();
  expect(await status()).toMatchObject({ code: 5 });
  await balancer.start(backend);
  await balancer.ask('set server shop/srv1 state maint');
  const lost = await status();
  expect(lost).toMatchObject({ code: 1 });
  expect(lost.stdout).toMatch(/new-b-01 .* missing/);
  expect(lost.stdout).toMatch(/web-b-01 as srv1 .* maintenance/);
  const agents = await room.kuafu(['agents', '--json'], config);
  expect(agents).toMatchObject({ code: 1 });
  const { findings } = JSON.parse(agents.stdout) as { findings: { host: string; subject: string }[] };
  const forgotten = (host: string) =>
    expect.objectContaining({ host, subject: expect.stringContaining('not known to the balancer lb-b') });
  expect(findings).toEqual(expect.arrayContaining([forgotten('new-b-01'), forgotten('new-b-02')]));
  const repair = await room.kuafu(['traffic', 'repair', '--app=shop', '--idc=B', '--yes'], config);
  expect(repair).toMatchObject({ code: 0 });
  const servers = await balancer.servers();
  expect(servers['new-b-01']).toMatchObject({ up: true });
  expect(servers['new-b-02']).toMatchObject({ up: true });
  // Whom somebody took out stays out.
  expect(servers.srv1).toMatchObject({ admin: '1' });
  await balancer.ask('set server shop/srv1 state ready');
  await expect.poll(async () => (await status()).code, { timeout: 30_000 }).toBe(0);
  const again = await room.kuafu(['traffic', 'repair', '--app=shop', '--idc=B', '--yes'], config);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain('nothing to do');
});

describe('refused before anything', () => {
  it.each([
    [
      'crossed addresses',
      [`server web-b-01 198.18.2.12:8080`, `server web-b-02 198.18.2.11:8080`],
      'server web-b-02 has the address of host web-b-01',
    ],
    ['another port', [`server srv1 198.18.2.11:8088`, S2], 'told to be on port 8080'],
    [
      'nobody we know',
      [`server srv1 10.0.0.1:8080`, `server srv2 10.0.0.2:8080`],
      'is no host of the configuration',
    ],
  ])('a restart: %s', async (_, backend, sentence) => {
    await balancer.start(backend);
    const config = await ownConfig();
    const run = await restart(config);
    expect(run).toMatchObject({ code: 3 });
    expect(run.stderr).toContain(sentence);
    const status = await room.kuafu(['traffic', 'status', '--app=shop', '--idc=B'], config);
    expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(/web-b-01 .* unclear/) });
    expect(`${status.stdout}${status.stderr}`).not.toContain('traffic repair');
  });

  it('a restart where the other host has a weight of 0', async () => {
    await balancer.start([CHECK, `${S1} check inter 1s`, `${S2} check inter 1s weight 0`]);
    const run = await restart(await ownConfig());
    expect(run).toMatchObject({ code: 3 });
    expect(run.stderr).toContain('(weight 0 at lb-b: web-b-02)');
  });

  it.each(['operator', 'user'] as const)(
    'a restart and an expansion by a socket of level %s',
    async (level) => {
      await balancer.start([S1, S2], { level });
      const config = await ownConfig();
      for (const run of [await restart(config), await room.scale({ count: 1, start: true }, config)]) {
        expect(run).toMatchObject({ code: 3 });
        expect(run.stderr).toContain('that socket must be "level admin"');
      }
    },
  );

  it('an expansion where HAProxy takes no server as its neighbours are', async () => {
    await balancer.start(['cookie SRV insert', `${S1} check cookie s1`, `${S2} check cookie s2`]);
    const run = await room.scale({ count: 1, start: true }, await ownConfig());
    expect(run).toMatchObject({ code: 3 });
    expect(run.stderr).toContain('have a cookie each');
  });
});
