import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/lib/config/load.js';
import { buildInventory } from '../../src/lib/inventory/inventory.js';
import { openBalancer } from '../../src/lib/layers/http/adapters.js';
import type { Balancer } from '../../src/lib/layers/http/balancer.js';
import { awaitDrained, leave } from '../../src/lib/layers/http/drained.js';
import { isHealthy } from '../../src/lib/layers/http/server-state.js';
import { StepFailure } from '../../src/lib/run/step-handler.js';
import { openConnections } from '../../src/lib/ssh/connections.js';
import type { Connections, Session } from '../../src/lib/ssh/transport.js';
import { OutOfTraffic } from '../../src/lib/traffic/kept-out.js';
import { haproxyWorld } from '../support/haproxy-world.js';
import { jumpHosts } from '../support/jump-hosts.js';
import { LabRoom } from '../support/lab-room.js';
import { OWN_PORT, OWN_SOCKET, OwnHaproxy } from '../support/own-haproxy.js';
import { balancerContract } from './balancer-contract.js';

// What the layer does to an HAProxy that others use as well: the real one, with a configuration as people have it.
const room = new LabRoom();
const balancer = new OwnHaproxy(room);
let connections: Connections;
let session: Session;

beforeAll(async () => {
  await room.open();
  const config = await loadConfig({ file: process.env.KUAFU_CONFIG, secrets: 'unneeded' });
  const inventory = buildInventory(config, []);
  connections = openConnections({
    knownHostsFiles: config.ssh.knownHosts,
    newKeysFile: join(dirname(config.ledger.file), 'accepted_host_keys'),
    findJumpHost: jumpHosts(),
  });
  session = await connections.session(inventory.host('lb-b'));
});
beforeEach(() => balancer.stop());
afterEach(() => balancer.stop());
afterAll(async () => {
  await connections.close();
  await room.close();
});

const backend = { balancer: 'lb-b', control: `haproxy:${OWN_SOCKET}`, backend: 'shop' };
const at = (signal?: AbortSignal): Balancer => openBalancer({ session, backend, signal });
const place = (name: string, address: string) => ({ ...backend, name, address, port: 8080 });
const ONE = place('web-b-01', '198.18.2.11');
const NEW = place('new-b-01', '198.18.2.12');
const S1 = 'server srv1 198.18.2.11:8080 check inter 1s';

balancerContract(haproxyWorld(room, balancer, () => session));

describe('a server of the file', () => {
  it('keeps the weight that somebody gave it, 0 among them', async () => {
    await balancer.start([S1]);
    await balancer.ask('set server shop/srv1 weight 0');
    await at().drain(ONE);
    await at().join(ONE, 'back');
    expect((await balancer.servers()).srv1).toMatchObject({ admin: '0', weight: '0' });
  });

  it('is drained anew when a reload forgot that it was out', async () => {
    await balancer.start([S1]);
    await at().drain(ONE);
    await balancer.reload();
    await expect.poll(async () => (await balancer.servers()).srv1?.admin, { timeout: 30_000 }).toBe('0');
    expect(await awaitDrained(at(), ONE, 20_000)).toMatchObject({ sessions: 0, again: 1 });
    expect((await balancer.servers()).srv1).toMatchObject({ admin: '8' });
  });

  it('is kept out of traffic through reloads while its host is down, and joins right behind', async () => {
    await balancer.start([S1]);
    const context = { sessionOf: async () => session, signal: new AbortController().signal };
    const admin = async () => (await balancer.servers()).srv1?.admin;
    const out = new OutOfTraffic();
    await at().drain(ONE);
    const { again } = await out.during([ONE], context, async () => {
      for (let reloads = 0; reloads < 3; reloads++) {
        await balancer.reload();
        await sleep(2000);
        await expect.poll(admin, { timeout: 30_000 }).toBe('8');
      }
    });
    expect(again).toBe(3);
    await at().join(ONE, 'back');
    await sleep(1000);
    expect(await admin()).toBe('0');
  });

  it.each([
    ['a cookie', ['cookie SRV insert indirect'], 'cookie s1', 'Cookie: SRV=s1'],
    ['a stick table', ['stick-table type string size 1k', 'stick on req.hdr(x-user)'], '', 'X-User: me'],
    ['use-server', ['use-server srv1 if { req.hdr(x-user) me }'], '', 'X-User: me'],
  ])('gets nobody any more before its stop, whom %s sends there', async (_, lines, option, header) => {
    const checked = 'check inter 10s fastinter 10s';
    await balancer.start([
      ...lines,
      `server srv1 198.18.2.11:8080 ${checked} ${option}`,
      `server srv2 198.18.2.12:8080 ${checked} weight 1`,
    ]);
    await balancer.ask('set server shop/srv2 state maint');
    const ask = () => room.inHost('lb-b', `curl -s -H '${header}' http://127.0.0.1:${OWN_PORT}/whoami`);
    expect(await ask()).toContain('web-b-01');
    await balancer.ask('set server shop/srv2 state ready');
    await at().drain(ONE);
    expect(await ask()).toContain('web-b-01');
    await awaitDrained(at(), ONE, 20_000);
    expect(await ask()).toContain('web-b-02');
    expect(await at().join(ONE, 'back')).toEqual({ changed: true, message: '' });
    expect((await balancer.servers()).srv1).toMatchObject({ admin: '0', up: true });
  });
});

describe('a server that joins', () => {
  it('has the options of its neighbours, and goes without a trace', async () => {
    await balancer.start(['default-server weight 20 maxconn 50 check inter 1s', S1]);
    expect(await at().join(NEW, 'in')).toMatchObject({ changed: true });
    expect((await balancer.servers())['new-b-01']).toMatchObject({ weight: '20', up: true });
    expect(await balancer.ask('show stat shop 4 -1')).toMatch(/^shop,new-b-01,\d+,\d+,\d+,\d+,50,/m);
    expect(await at().join(NEW, 'in')).toEqual({ changed: false, message: '' });
    expect(await leave(at(), NEW)).toBe(true);
    expect(Object.keys(await balancer.servers())).toEqual(['srv1']);
    expect(await leave(at(), NEW)).toBe(false);
  });

  it('is waited for where the next check takes its time, and is not blamed for that', async () => {
    await balancer.start(['default-server check inter 34s', S1.replace(' check inter 1s', '')]);
    expect(await at().join(NEW, 'in')).toMatchObject({ changed: true });
  }, 120_000);

  it('is not taken for one in traffic where its free place has a weight of 0', async () => {
    await balancer.start([S1, 'server slot1 0.0.0.0:8080 check disabled inter 1s weight 0']);
    await expect(at().join(NEW, 'in')).rejects.toThrow('a weight of 0');
  });

  it('is checked before it gets a request, and gets none where its options do not fit', async () => {
    await balancer.start(['default-server check inter 1s', S1]);
    expect(await at().enrol(NEW)).toBe(true);
    expect(await at().enrol(NEW)).toBe(false);
    expect((await balancer.servers())['new-b-01']).toMatchObject({ admin: '8' });
    await expect
      .poll(async () => (await at().readServers()).map(isHealthy), { timeout: 5000 })
      .toEqual([true, true]);
    expect(await at().join(NEW, 'in')).toMatchObject({ changed: true });
    await leave(at(), NEW);
    const withTls = { ...NEW, options: 'check check-ssl inter 1s ssl verify none' };
    const url = `http://127.0.0.1:${OWN_PORT}/whoami`;
    const line = `for _ in $(seq 40); do curl -s -o /dev/null -w '%{http_code} ' ${url}; sleep 0.1; done`;
    const codes = room.inHost('lb-b', line);
    await expect(at(AbortSignal.timeout(5000)).join(withTls, 'in')).rejects.toThrow();
    expect(new Set((await codes).trim().split(' '))).toEqual(new Set(['200']));
    expect((await balancer.servers())['new-b-01']).toMatchObject({ admin: '8' });
    await leave(at(), NEW);
  });

  it('is checked, too, where adding it was cut off between two commands', async () => {
    await balancer.start([S1]);
    await balancer.ask('add server shop/new-b-01 198.18.2.12:8080 check inter 1s');
    await at().enrol(NEW);
    await at().join(NEW, 'in');
    const own = (await at().readServers()).find(({ name }) => name === NEW.name);
    expect(own).toMatchObject({ order: 'in', isChecked: true, checkPassed: true });
  });

  it('stays in maintenance that somebody set after it was enrolled, and in none of before', async () => {
    const admin = async () => (await balancer.servers())['new-b-01']?.admin;
    await balancer.start([S1, 'server new-b-01 198.18.2.12:8080 check inter 1s disabled']);
    expect(await at().enrol(NEW)).toBe(true);
    expect(await admin()).toBe('12');
    await balancer.ask('set server shop/new-b-01 state maint');
    expect(await at().join(NEW, 'in')).toEqual({
      changed: false,
      message: 'new-b-01 stays out at lb-b, where somebody else took it out',
    });
    expect(await admin()).toBe('5');
  });

  it('fills a free place and frees it again; two at once take two', async () => {
    await balancer.start([S1, ...[1, 2].map((n) => `server slot${n} 0.0.0.0:8080 check disabled inter 1s`)]);
    const other = { ...ONE, name: 'new-b-02', address: '198.18.2.10' };
    await Promise.all([
      at().join(NEW, 'in'),
      // Nothing listens there: it takes its place and is not seen up.
      at(AbortSignal.timeout(6000))
        .join(other, 'in')
        .catch(() => undefined),
    ]);
    const taken = Object.values(await balancer.servers()).map(({ address }) => address);
    expect(taken.toSorted()).toEqual(['198.18.2.10', '198.18.2.11', '198.18.2.12']);
    await leave(at(), NEW);
    const free = Object.values(await balancer.servers()).map(({ address }) => address);
    expect(free.toSorted()).toEqual(['0.0.0.0', '198.18.2.10', '198.18.2.11']);
  });
});

/** Answers whatever it is asked with the same text, and says when it listens. */
const SPEAKER = `import socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print('listens', flush=True)
while True:
    connection, _ = listener.accept()
    connection.recv(4096)
    connection.sendall(sys.argv[2].encode())
    connection.close()
`;

describe('what answers on its socket', () => {
  it.each([
    ['nothing', '', /gave no whole answer/],
    ['less than it should', 'hello\n', /gave no whole answer/],
    ['anything else', 'hello\n\n', /has no backend shop/],
  ])('is refused where it says %s', async (_, text, sentence) => {
    const folder = (await room.inHost('lb-b', 'mktemp -d')).trim();
    const socket = `${folder}/speaker.sock`;
    await room.inHost('lb-b', `cat > ${folder}/speaker.py <<'PY'\n${SPEAKER}PY`);
    const pid = await room.inHost(
      'lb-b',
      `cd ${folder}; python3 speaker.py ${socket} '${text}' >said 2>&1 </dev/null & echo $!
       timeout 60 sh -c 'until grep -q listens ${folder}/said; do sleep 0.1; done'`,
    );
    const speaker = openBalancer({ session, backend: { ...backend, control: `haproxy:${socket}` } });
    const asked = speaker.readServers();
    await expect(asked).rejects.toThrow(StepFailure);
    await expect(asked).rejects.toThrow(sentence);
    await room.inHost('lb-b', `kill ${pid.trim()}; rm -r ${folder}`);
  });
});
