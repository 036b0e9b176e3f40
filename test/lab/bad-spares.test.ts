import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';
import { scaleWithoutBalancer } from '../support/lost-balancer.js';
import { untilListening } from '../support/until-listening.js';

// Spares that lie, hang or are broken. In each case the others finish, the next spare takes the place of the bad one,
// and what the ledger says is so.
const room = new LabRoom();
beforeEach(() => room.open());
afterEach(() => room.close());

it('sets aside every spare that cannot be used, says why, and meets the count with the next ones', async () => {
  await room.powerOff('new-b-01');
  await room.freeze('new-b-02');
  await room.inHost('new-b-03', 'mv /root/.ssh/authorized_keys /root/.ssh/away');
  await room.recordWrongHostKey('new-b-04');
  await room.inHost('new-b-05', 'mkdir -p /var/lib/kuafu && mount -t tmpfs -o size=1M tmpfs /var/lib/kuafu');
  await room.inHost(
    'new-b-06',
    "printf '#!/bin/sh\\necho aarch64\\n' > /usr/local/bin/uname; chmod +x /usr/local/bin/uname",
  );
  await room.inHost(
    'new-b-07',
    "printf '[Service]\\nExecStart=sleep 600\\n' > /etc/systemd/system/shop.service; systemctl start shop.service",
  );
  // The hosts of a lab share our clock: this one is made to lie.
  await room.inHost(
    'new-b-08',
    'printf \'#!/bin/sh\\nexec /bin/date -d "+1 hour" "$@"\\n\' > /usr/local/bin/date; chmod +x /usr/local/bin/date',
  );
  const run = await room.scale({ count: 7, start: true });
  await room.inHost('new-b-03', 'mv /root/.ssh/away /root/.ssh/authorized_keys');
  await room.inHost('new-b-05', 'umount /var/lib/kuafu');
  await room.inHost('new-b-06', 'rm /usr/local/bin/uname');
  await room.inHost('new-b-08', 'rm /usr/local/bin/date');

  expect(run.code).toBe(0);
  expect(run.result).toMatchObject({ state: 'done', wanted: 7, done: 7 });
  const messages = new Map(run.result.hosts.map(({ host, message }) => [host, message]));
  expect(messages.get('new-b-01')).toMatch(/connect: .*new-b-01/);
  expect(messages.get('new-b-02')).toMatch(/connect: new-b-02.*10 s/);
  expect(messages.get('new-b-03')).toMatch(/connect: new-b-03: no login as root/);
  expect(messages.get('new-b-04')).toMatch(/connect: new-b-04.*host key.*changed/i);
  expect(messages.get('new-b-05')).toMatch(
    /disk full: \/var\/lib\/kuafu has [\d.]+ MB free and needs [\d.]+ MB/,
  );
  expect(messages.get('new-b-06')).toMatch(/architecture is aarch64, the template's is x86_64/);
  expect(messages.get('new-b-07')).toMatch(/shop\.service runs there already/);
  expect(messages.get('new-b-08')).toMatch(
    /connect: its clock is (3599|3600)\.\d s ahead of that of web-a-01/,
  );
  expect(await room.inHost('new-b-07', 'ls /opt; systemctl is-active shop.service')).toBe('active\n');
  const unfit = await room.resources('unfit');
  expect(unfit.map(({ host }) => host)).toEqual([
    'new-b-01',
    'new-b-02',
    'new-b-03',
    'new-b-04',
    'new-b-05',
    'new-b-06',
    'new-b-07',
    'new-b-08',
  ]);
  const up = await room.serversUp();
  for (const { host } of unfit) expect(up).not.toContain(host);
  expect(run.stderr).toContain('new-b-04');
});

it('is held up by no spare whose date hangs, and blames no spare for the clock of the template', async () => {
  const date = (script: string) =>
    `printf '#!/bin/sh\\n${script}\\n' > /usr/local/bin/date; chmod +x /usr/local/bin/date`;
  const words = room.scaleWords({ count: 2 }).filter((word) => word !== '--yes');
  const startedAt = performance.now();
  await room.inHost('new-b-01', date('exec sleep 600'));
  const hung = await room.kuafu([...words, '--dry-run']);
  await room.inHost('new-b-01', 'rm /usr/local/bin/date');
  expect(performance.now() - startedAt).toBeLessThan(60_000);
  expect(hung.stdout).toMatch(
    /^would be set aside: new-b-01: new-b-01 could not be asked: reading its facts gave no result within 20 s$/m,
  );
  expect(hung.stdout).not.toContain('set aside: new-b-02');

  await room.inHost('web-a-01', date('exec /bin/date -d "+1 hour" "$@"'));
  const late = await room.kuafu([...words, '--dry-run']);
  await room.inHost('web-a-01', 'rm /usr/local/bin/date');
  expect(late.stdout).toMatch(
    /^would fail at web-a-01: as new-b-01 is checked: the clock of web-a-01 is (3599|3600)\.\d s ahead of its own/m,
  );
  expect(late.stdout).not.toContain('set aside');
}, 180_000);

it('gives up a host whose service dies, and one that never gets healthy, and leaves neither running', async () => {
  await room.breakService('new-b-01', 'die-after-2s');
  await room.breakService('new-b-02', 'never-healthy');
  await room.breakService('new-b-03', 'exit-at-start');
  const impatient = await room.withConfig((config) => {
    Object.assign(config.apps.shop.health, { within: '30s', every: '1s', passes: 5 });
  });
  const run = await room.scale({ count: 4, start: true }, impatient);
  expect(run.code).toBe(0);
  const messages = new Map(run.result.hosts.map(({ host, message }) => [host, message]));
  expect(messages.get('new-b-01')).toMatch(/health: .*shop\.service (died|dies again and again)/);
  expect(messages.get('new-b-02')).toMatch(
    /health: never healthy: http:\/\/198\.18\.2\.102:8080\/healthz: HTTP 50\d/,
  );
  expect(messages.get('new-b-03')).toMatch(/shop\.service (died|dies again and again).*journal ends/);
  for (const host of ['new-b-01', 'new-b-02', 'new-b-03']) {
    expect(await room.inHost(host, 'systemctl is-active shop.service || true')).not.toBe('active\n');
    expect(await room.serversUp()).not.toContain(host);
  }
}, 300_000);

it('is not taken in by somebody else who answers on the port of the application', async () => {
  const answer = `import http.server as h
class H(h.BaseHTTPRequestHandler):
    def do_GET(self): self.send_response(200); self.end_headers()
h.HTTPServer(('', 8080), H).serve_forever()`;
  await room.inHost(
    'new-b-01',
    `setsid python3 -c "${answer}" >/dev/null 2>&1 </dev/null & echo $! > /root/other; ${untilListening(8080)}`,
  );
  const run = await room.scale({ count: 1, start: true });
  await room.inHost('new-b-01', 'kill $(cat /root/other)');
  expect(run.code).toBe(0);
  const messages = new Map(run.result.hosts.map(({ host, message }) => [host, message]));
  expect(messages.get('new-b-01')).toMatch(/health: .*(something else|dies again and again|died)/);
  expect(await room.serversUp()).not.toContain('new-b-01');
});

it('is failed, with exit code 4, when the pool cannot meet the count; resume finishes it once a host is mended', async () => {
  for (const host of ['new-a-01', 'new-a-02']) await room.freeze(host);
  const run = await room.scale({ count: 3, start: true, idc: 'A' });
  expect(run.code).toBe(4);
  expect(run.result).toMatchObject({ state: 'failed', wanted: 3, done: 2 });
  expect(run.stderr).toContain(`kuafu ops resume ${run.result.id}`);
  for (const host of ['new-a-01', 'new-a-02']) await room.thaw(host);
  const again = await room.resume(run.result.id);
  expect(again.code).toBe(0);
  expect(again.result).toMatchObject({ state: 'done', done: 3 });
});

it('ends with exit code 5 when not one host could be reached', async () => {
  const hosts = ['new-a-01', 'new-a-02', 'new-a-03', 'new-a-04'];
  for (const host of hosts) await room.freeze(host);
  const run = await room.scale({ count: 2, start: true, idc: 'A' });
  for (const host of hosts) await room.thaw(host);
  expect(run.result).toMatchObject({ state: 'failed', done: 0 });
  expect(run.code).toBe(5);
});

it('puts nothing on any spare when the balancer does not know the backend', async () => {
  const noBackend = await room.withConfig((config) => {
    config.apps.shop.traffic.backend = 'nowhere';
  });
  const run = await room.kuafu(room.scaleWords({ count: 2, start: true }), noBackend);
  expect(run.code).toBe(3);
  expect(run.stderr).toMatch(/lb-b has no backend nowhere/);
  expect(JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations).toEqual([]);
  expect(await room.resources('unfit')).toEqual([]);
});

it('does not blame the spares when the balancer fails, and goes on once it is back', async () => {
  const run = await scaleWithoutBalancer(room, { count: 2 });
  expect(run.code).toBe(4);
  expect(`${run.stdout}${run.stderr}`).toMatch(/(enrol|join).*lb-b/);
  expect(await room.resources('unfit')).toEqual([]);
  expect(await room.resume(run.id)).toMatchObject({ code: 0, result: { done: 2 } });
}, 300_000);

it('takes everything back when the template moved while it was copied', async () => {
  const process = room.start(room.scaleWords({ count: 2, start: true }));
  await process.says(/copy/);
  await room.inHost('web-a-01', 'echo moved > /opt/shop/moved');
  const run = await process.ended;
  await room.inHost('web-a-01', 'rm /opt/shop/moved; touch -d "$(stat -c %y /opt/shop/shop.py)" /opt/shop');
  expect(run.code).toBe(4);
  expect(run.stderr).toMatch(/the files of template host web-a-01 changed/);
  expect(await room.resources('assigned')).toEqual([]);
  expect(await room.inHost('new-b-01', 'systemctl is-active shop.service || true')).not.toBe('active\n');
});
