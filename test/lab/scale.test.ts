import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// Expansions on real hosts, as a user types them.
const room = new LabRoom();
beforeEach(() => room.open());
afterEach(() => room.close());

// More than HAProxy's socket answers at a time.
const SIXTEEN = 16;

it('fills room B: the new hosts are healthy, in traffic, and entered in the ledger', async () => {
  const before = await room.resourcesFree();
  const run = await room.scale({ count: SIXTEEN, start: true });
  expect(run).toMatchObject({ code: 0 });
  expect(run.result).toMatchObject({ state: 'done', wanted: SIXTEEN, done: SIXTEEN });
  expect(new Set(run.result.hosts.map(({ state }) => state))).toEqual(new Set(['done']));
  const added = run.result.hosts.map(({ host }) => host);
  expect(await room.answering()).toEqual(expect.arrayContaining(added));
  expect(await room.serversUp()).toEqual(expect.arrayContaining(added));
  expect(await room.resourcesFree()).toBe(before - SIXTEEN);
  for (const host of added) {
    expect(
      await room.inHost(host, 'systemctl is-active shop.service; systemctl is-enabled shop.service'),
    ).toBe('active\nenabled\n');
    expect(
      await room.inHost(host, 'grep ^ROOM= /etc/shop/env; stat -c "%a %U" /etc/shop/env /opt/shop'),
    ).toMatch(/^ROOM="B"\n640 root\n/);
    // Of kuafu itself nothing stays but the records of what it brought.
    expect(await room.inHost(host, 'ls /opt | grep kuafu; ls -A /var/lib/kuafu')).toBe('brought\n');
  }
  const show = await room.kuafu(['ops', 'show', run.result.id, '--json']);
  expect(JSON.parse(show.stdout).operation).toMatchObject({ state: 'done' });
});

it('does the same again as nothing: a second expansion takes other hosts and leaves the first alone', async () => {
  const first = await room.scale({ count: 2, start: true });
  const starts = await room.serviceStarts(first.result.hosts[0]?.host ?? '');
  const second = await room.scale({ count: 2, start: true });
  expect(second.code).toBe(0);
  const hosts = [...first.result.hosts, ...second.result.hosts].map(({ host }) => host);
  expect(new Set(hosts).size).toBe(4);
  expect(await room.serviceStarts(hosts[0] ?? '')).toBe(starts);
});

it('installs and stops without --start, and nothing joins traffic', async () => {
  const run = await room.scale({ count: 1, start: false });
  expect(run.code).toBe(0);
  const host = run.result.hosts[0]?.host ?? '';
  expect(
    await room.inHost(host, 'systemctl is-active shop.service || true; test -d /opt/shop && echo there'),
  ).toBe('inactive\nthere\n');
  expect(await room.serversUp()).not.toContain(host);
});

it('shows everything and changes nothing with --dry-run', async () => {
  const dry = await room.kuafu([...room.scaleWords({ count: 2, start: true }), '--dry-run']);
  expect(dry.code).toBe(0);
  expect(dry.stdout).toContain('new-b-[01-02]');
  expect(dry.stdout).toContain('nothing was changed');
  expect((await room.kuafu(['ops', 'list', '--json'])).stdout).toContain('"operations":[]');
  expect(await room.inHost('new-b-01', 'ls -d /opt/shop /var/lib/kuafu /etc/shop 2>/dev/null || true')).toBe(
    '',
  );
  const checksum = /^checksum ([0-9a-f]+)$/m.exec(dry.stdout)?.[1] ?? '';
  const stale = await room.kuafu([...room.scaleWords({ count: 1, start: true }), '--checksum', checksum]);
  expect(stale).toMatchObject({ code: 3 });
  expect(stale.stderr).toContain('the plan is not the one of checksum');
  const same = await room.kuafu([...room.scaleWords({ count: 2, start: true }), '--checksum', checksum]);
  expect(same.code).toBe(0);
});

it('takes a template of the other room, and says so', async () => {
  const dry = await room.kuafu([...room.scaleWords({ count: 1, start: true }), '--dry-run']);
  expect(dry.stdout).toContain('the template web-a-01 is in room A');
});

it('refuses when the pool is too small or empty, says how many are free, and changes nothing', async () => {
  const tooMany = await room.scale({ count: 1000, start: true });
  expect(tooMany.code).toBe(3);
  expect(tooMany.stderr).toMatch(/1000 hosts are asked for, but \d+ are free in room B/);
  const all = await room.scale({ count: 4, start: false, idc: 'A' });
  expect(all.code).toBe(0);
  const empty = await room.scale({ count: 1, start: false, idc: 'A' });
  expect(empty.code).toBe(3);
  expect(empty.stderr).toContain('1 host is asked for, but none is free in room A');
  const list = JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout);
  expect(list.operations).toHaveLength(1);
});

it('needs a confirmation when nobody is there to ask', async () => {
  const words = room.scaleWords({ count: 1, start: true }).filter((word) => word !== '--yes');
  const run = await room.kuafu(words);
  expect(run.code).toBe(3);
  expect(run.stderr).toContain('--yes');
});
