import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom, type ScaleRun } from '../support/lab-room.js';

// Hosts of a chain whose shell talks, whose sshd is narrow, whose keys cannot be changed, whose clock has another zone.
const room = new LabRoom();
const undo = new Map<string, string>();
beforeEach(() => room.open());
afterEach(async () => {
  for (const [host, script] of undo) await room.inHost(host, script);
  undo.clear();
  await room.close();
});

const SPARES = ['new-b-01', 'new-b-02', 'new-b-03'];
const ALL_IN = { state: 'done', wanted: 3, done: 3 };

async function change(hosts: readonly string[], script: string, back: string): Promise<void> {
  for (const host of hosts) undo.set(host, back);
  await Promise.all(hosts.map((host) => room.inHost(host, script)));
}

async function expectSame(hosts: readonly string[]): Promise<void> {
  const digest = (host: string) =>
    room.inHost(host, 'cd /opt/shop && tar -c --sort=name --exclude=./run . | sha256sum');
  const wanted = await digest('web-a-01');
  for (const host of hosts) expect([host, await digest(host)]).toEqual([host, wanted]);
}

async function expectInTraffic(run: ScaleRun): Promise<void> {
  expect(run).toMatchObject({ code: 0, result: ALL_IN });
  expect(run.result.hosts.map(({ host, state }) => [host, state])).toEqual(
    SPARES.map((host) => [host, 'done']),
  );
  expect(await room.resources('unfit')).toEqual([]);
  await expectSame(SPARES);
}

async function eventsOf(run: ScaleRun): Promise<string> {
  return (await room.kuafu(['ops', 'show', run.result.id, '--events'])).stdout;
}

it.each([
  ['a line', 'echo hi'],
  ['words without line end', 'printf hi'],
  ['an offset', 'echo; echo 0; echo kuafu-have; printf "kuafu-have "'],
  ['a megabyte', "head -c 1000000 /dev/zero | tr '\\\\0' x"],
])('goes on where a shell prints at login: %s', async (_, line) => {
  const words = `echo '${line.replaceAll("'", `'\\''`)}' > /root/.bashrc`;
  await change(
    ['new-b-01', 'new-b-02'],
    `cp /root/.bashrc /root/.bashrc-away; ${words}`,
    'mv /root/.bashrc-away /root/.bashrc',
  );
  const run = await room.scale({ count: 3 });
  await expectInTraffic(run);
  expect(await eventsOf(run)).not.toMatch(/by one hop|by way of this machine/);
});

it('gives a host with another login shell the archive as the others', async () => {
  await change(['new-b-01', 'new-b-02'], 'usermod -s /bin/tcsh root', 'usermod -s /bin/bash root');
  await expectInTraffic(await room.scale({ count: 3 }));
});

it.each([
  ['a spare', ['new-b-02']],
  ['every spare', SPARES],
])('goes by one hop where the sshd of %s opens one session at a time', async (_, hosts) => {
  const conf = '/etc/ssh/sshd_config.d/00-one.conf';
  await change(
    hosts,
    `echo 'MaxSessions 1' > ${conf}; systemctl reload ssh`,
    `rm -f ${conf}; systemctl reload ssh`,
  );
  const run = await room.scale({ count: 3 });
  await expectInTraffic(run);
  expect(await eventsOf(run)).toMatch(
    /by one hop: the sshd of \S+ opens one session at a time \(MaxSessions\)/,
  );
});

it('does not wait for a template whose sshd opens one session at a time', async () => {
  const conf = '/etc/ssh/sshd_config.d/00-one.conf';
  const back = `rm -f ${conf} /opt/shop/assets/large.bin; systemctl reload ssh`;
  await change(
    ['web-a-01'],
    `echo 'MaxSessions 1' > ${conf}; systemctl reload ssh; head -c 9000000 /dev/urandom > /opt/shop/assets/large.bin`,
    back,
  );
  const run = await room.scale({ count: 3, flags: ['--limit-rate=1M'] });
  await expectInTraffic(run);
  expect(await eventsOf(run)).toMatch(/by one hop: the sshd of web-a-01 opens one session at a time/);
});

it('goes by one hop where authorized_keys cannot be changed', async () => {
  // The lab's file system has no immutable files; a read-only mount refuses the same.
  await change(
    ['new-b-01', 'new-b-03'],
    'mount --bind /root/.ssh /root/.ssh && mount -o remount,bind,ro /root/.ssh',
    'umount /root/.ssh',
  );
  const run = await room.scale({ count: 3 });
  await expectInTraffic(run);
  expect(await eventsOf(run)).toMatch(
    /new-b-01.*by one hop: authorized_keys cannot be changed: .*[Rr]ead-only/,
  );
});

it('passes through this machine where sshd has its keys elsewhere', async () => {
  const conf = '/etc/ssh/sshd_config.d/00-keys.conf';
  const away = `cp /root/.ssh/authorized_keys /etc/ssh/root_keys; echo 'AuthorizedKeysFile /etc/ssh/root_keys' > ${conf}; systemctl reload ssh`;
  await change(['new-b-02'], away, `rm -f ${conf} /etc/ssh/root_keys; systemctl reload ssh`);
  const run = await room.scale({ count: 3 });
  await expectInTraffic(run);
  expect(await eventsOf(run)).toMatch(
    /new-b-02.*by way of this machine: no other host can give it the archive/,
  );
});

it.each([
  ['east of sshd', 'Asia/Shanghai'],
  ['west of sshd', 'America/Los_Angeles'],
])("has a key that is good for a minute where root's shell is %s", async (_, zone) => {
  const back = 'mv /root/.bashrc-away /root/.bashrc';
  await change(SPARES, `cp /root/.bashrc /root/.bashrc-away; echo 'export TZ=${zone}' > /root/.bashrc`, back);
  await room.inHost('web-a-01', 'head -c 8000000 /dev/urandom > /opt/shop/assets/large.bin');
  undo.set('web-a-01', 'rm -f /opt/shop/assets/large.bin');
  const process = room.start([...room.scaleWords({ count: 3 }), '--limit-rate=1M', '--json']);
  let expiry = '';
  while (expiry === '' && process.process.exitCode === null)
    expiry = await room.inHost(
      'new-b-01',
      `sed -n 's/.*expiry-time="\\([^"]*\\)".*kuafu-2.*/\\1/p' /root/.ssh/authorized_keys`,
    );
  const [, year, month, day, hour, minute, second] =
    /^(....)(..)(..)(..)(..)(..)Z$/.exec(expiry.trim()) ?? [];
  const left = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - Date.now();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(61_000);
  expect(await process.ended).toMatchObject({ code: 0 });
  await expectSame(SPARES);
});

it('blames the template, and no spare, for an archive that unpacks nowhere', async () => {
  // What it packs is the same each time, so that nothing seems to have moved; and nobody can unpack it.
  const zstd = "printf '#!/bin/sh\\ncat; echo torn\\n' > /usr/local/bin/zstd; chmod +x /usr/local/bin/zstd";
  await change(['web-a-01'], zstd, 'rm -f /usr/local/bin/zstd');
  const run = await room.scale({ count: 3 });
  expect(run).toMatchObject({ code: 4, result: { state: 'failed', done: 0 } });
  expect(run.stdout).toMatch(/the archive of template host web-a-01 can be put in place nowhere/);
  expect(await room.resources('unfit')).toEqual([]);
  for (const flags of [['--max-failed=5'], ['--max-failed=5', '--one-hop']]) {
    const alone = await room.scale({ count: 1, flags });
    expect(alone).toMatchObject({ code: 4, result: { state: 'failed', done: 0 } });
    expect(await room.resources('unfit')).toEqual([]);
  }
});

it.each([1, 3])('blames nobody while the template packs what gives next to nothing (%d)', async (count) => {
  // As with gigabytes of zeros: some of the archive, a long time nothing, and the rest.
  const zstd =
    'printf \'#!/bin/sh\\n/usr/bin/zstd "$@" | { head -c 1000000; sleep 15; cat; }\\n\' > /usr/local/bin/zstd; chmod +x /usr/local/bin/zstd';
  await change(['web-a-01'], zstd, 'rm -f /usr/local/bin/zstd');
  const run = await room.scale({ count });
  expect(run).toMatchObject({ code: 0, result: { state: 'done', done: count } });
  expect(await room.resources('unfit')).toEqual([]);
  await expectSame(SPARES.slice(0, count));
});

it('cleans up on a host where its shell was killed', async () => {
  await room.inHost('web-a-01', 'head -c 20000000 /dev/urandom > /opt/shop/assets/large.bin');
  undo.set('web-a-01', 'rm -f /opt/shop/assets/large.bin');
  const process = room.start([...room.scaleWords({ count: 2 }), '--limit-rate=500k']);
  const size = 'stat -c %s /var/lib/kuafu/*/part 2>/dev/null || echo 0';
  while (Number(await room.inHost('new-b-02', size)) < 500_000) expect(process.process.exitCode).toBeNull();
  // Of one host everything is frozen before we go, and killed: there it goes when the operation is given up.
  const all = '/var/lib/[k]uafu/[0-9]';
  await room.inHost('new-b-01', `kill -STOP $(pgrep -f '${all}')`);
  // The parent of the others.
  await room.inHost('new-b-02', 'kill -KILL $(pgrep -of "^sh -c .*/var/lib/[k]uafu/[0-9]")');
  process.process.kill('SIGKILL');
  await process.ended;
  const remains = 'ls -A /var/lib/kuafu; grep kuafu-2 /root/.ssh/authorized_keys; true';
  await room.inHost('new-b-01', `kill -KILL $(pgrep -f '${all}')`);
  expect(await room.inHost('new-b-01', remains)).toMatch(/kuafu-2/);
  await expect.poll(() => room.inHost('new-b-02', remains), { timeout: 60_000, interval: 2000 }).toBe('');
  const [operation] = JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations;
  expect(await room.kuafu(['ops', 'close', operation.id, '--yes'])).toMatchObject({ code: 0 });
  expect(await room.inHost('new-b-01', remains)).toBe('');
});
