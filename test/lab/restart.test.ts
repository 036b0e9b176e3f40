import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { casesHere, itOnce } from '../support/it-once.js';
import { saidBy } from '../support/kuafu.js';
import { each, HOSTS, RestartedRoom, restartWords } from '../support/restarted-room.js';

// A rolling restart of eight hosts of room B: users see no failed request, whatever breaks on the way.
const room = new RestartedRoom();

beforeAll(() => room.open());
afterAll(() => room.close());
beforeEach(async () => {
  expect((await room.serversUp()).sort()).toEqual(HOSTS);
  await room.countStarts();
});

describe('under load', () => {
  it.each(casesHere([[[]], [['--window=2']], [['--batch=1,4', '--keep=4']]], 1))(
    'with %j restarts every host once, and no request fails',
    async (flags) => {
      const stop = room.putUnderLoad();
      const run = await room.kuafu(restartWords('--json', ...flags));
      const load = await stop();
      expect(run, saidBy(run)).toMatchObject({ code: 0 });
      expect(JSON.parse(run.stdout)).toMatchObject({ state: 'done', wanted: 8, done: 8 });
      expect(load.failures).toEqual([]);
      expect(load.answers).toBeGreaterThan(200);
      expect([...load.hosts.keys()].sort()).toEqual(HOSTS);
      expect(await room.starts()).toEqual(each(1));
      expect((await room.serversUp()).sort()).toEqual(HOSTS);
    },
  );

  itOnce(
    'stops at a host that never gets healthy; a resume begins no other while it fails again, unless told to, and mends it',
    async () => {
      const broken = 'new-b-02';
      await room.breakService(broken, 'never-healthy');
      await room.inHost(broken, 'systemctl daemon-reload');
      const stop = room.putUnderLoad();
      const run = await room.kuafu(restartWords(), room.impatient);
      expect(run.code).toBe(4);
      expect(run.stderr).toContain(
        '1 host unhealthy (new-b-02), and --max-unhealthy is 0; 1 of 8 hosts done',
      );
      expect(run.stdout).toMatch(/^restarted +new-b-01$/m);
      expect(run.stdout).toMatch(/^out of traffic +new-b-02$/m);
      expect(run.stdout).toMatch(/^not begun +new-b-\[03-06\],web-b-\[01-02\]$/m);
      const others = HOSTS.filter((host) => host !== broken);
      expect((await room.serversUp()).sort()).toEqual(others);
      const untouched = others.filter((host) => host !== 'new-b-01');
      expect(await room.starts(untouched)).toEqual(each(0, untouched));

      const { id } = await room.lastOperation();
      expect(await room.resume(id)).toMatchObject({ code: 4, result: { done: 1, wanted: 8 } });
      expect(await room.starts(untouched)).toEqual(each(0, untouched));
      const again = await room.resume(id, '--max-unhealthy=1');
      expect(again).toMatchObject({ code: 4, result: { done: 7, wanted: 8 } });
      expect(again.stderr).toContain('not repaired:    new-b-02 (health failed as before)');
      expect(await room.starts()).toEqual({ ...each(1), [broken]: 3 });
      // Nobody starts it: the process that never got healthy is still there.
      await room.inHost(broken, 'rm -r /etc/systemd/system/shop.service.d; systemctl daemon-reload');
      expect(await room.resume(id)).toMatchObject({ code: 0, result: { done: 8 } });
      const load = await stop();
      expect(load.failures).toEqual([]);
      expect(await room.starts()).toEqual({ ...each(1), [broken]: 4 });
    },
  );
});

itOnce('says how many requests a drain that is too short has cut', async () => {
  // More than there are hosts, in turn: each has some for longer than the restart gives them.
  const asked = room.askSlowly(32, 15_000);
  await sleep(1000);
  const run = await room.kuafu([...restartWords('--drain=1ms'), 'new-b-01']);
  const cut = (await asked).filter((status) => status !== 200);
  expect(run.code, saidBy(run)).toBe(0);
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
    expect(run.stderr).toMatch(/^all the same: kuafu restart .*--keep 50%$/m);
  });

  itOnce('holds when others leave on the way: it waits, then stops and names them', async () => {
    const process = room.start(restartWords('--keep=7', '--drain=1s'), room.impatient);
    await process.says('new-b-01 leave done');
    await room.setServers(['web-b-02'], 'maint');
    const run = await process.ended;
    await room.setServers(['web-b-02'], 'ready');
    expect(run.code).toBe(4);
    expect(run.stderr).toContain(
      'new-b-02 leave failed 3', // after thirty-odd seconds
    );
    expect(run.stderr).toContain(
      'not taken out: 7 of 8 hosts serve, and 7 must serve without this one (--keep); out or unhealthy: web-b-02',
    );
    expect(run.stdout).toMatch(/^in traffic as before +new-b-02$/m);
    expect(await room.starts()).toEqual({ ...each(0), 'new-b-01': 1 });
    await expect.poll(async () => (await room.serversUp()).length).toBe(8);
    await room.resumeLast();
    expect(await room.starts()).toEqual(each(1));
  });
});

describe('beside others', () => {
  itOnce('excludes an expansion of the same group and room', async () => {
    const process = room.start(restartWords());
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
    const dry = await room.kuafu(restartWords('--dry-run'));
    expect(dry.stdout).toContain('web-b-01 is out of traffic at lb-b, and stays out');
    expect(dry.stdout).toContain('shop.service is stopped on web-b-02, and stays so');
    const alone = await room.kuafu([...restartWords(), 'web-b-02']);
    expect(alone).toMatchObject({ code: 3, stderr: expect.stringContaining('nothing to restart') });
    const run = await room.kuafu([...restartWords('--json'), 'web-b-[01-02]']);
    expect(run.code, saidBy(run)).toBe(0);
    expect(await room.starts()).toEqual({ ...each(0), 'web-b-01': 1 });
    const up = HOSTS.filter((host) => !host.startsWith('web-b-'));
    expect((await room.serversUp()).sort()).toEqual(up);
    await room.inHost('web-b-02', 'systemctl start shop.service');
    await room.setServers(['web-b-01'], 'ready');
    await expect.poll(async () => (await room.serversUp()).length, { timeout: 30_000 }).toBe(8);
  });
});
