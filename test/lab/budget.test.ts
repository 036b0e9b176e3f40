import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// An application that cannot run must not use up the pool, and a canary must serve before others follow.
const room = new LabRoom();
beforeEach(() => room.open());
afterEach(() => room.close());

it('stops a broken application at its budget, says so, and leaves the other spares free', async () => {
  const free = await room.resourcesFree();
  const broken = await room.withConfig((config) => {
    config.apps.shop.env.common.SHOP_FAULT = 'exit-at-start';
    config.apps.shop.health.within = '12s';
  });
  const run = await room.scale({ count: 1, start: true, flags: ['--max-unhealthy=2'] }, broken);
  expect(run.code).toBe(4);
  expect(run.result).toMatchObject({ state: 'failed', wanted: 1, done: 0 });
  expect(run.stderr).toContain('3 hosts unhealthy (new-b-[01-03]), and --max-unhealthy is 2');
  expect(run.stderr).toContain(`kuafu ops resume ${run.result.id}`);
  expect((await room.resources('unfit')).map(({ host }) => host)).toEqual([
    'new-b-01',
    'new-b-02',
    'new-b-03',
  ]);
  expect(await room.resourcesFree()).toBe(free - 3);
  expect(await room.inHost('new-b-04', 'ls -d /opt/shop /etc/shop 2>/dev/null || true')).toBe('');

  // Whoever resumes may give another budget, and whoever comes later need not know.
  const given = await room.resume(run.result.id, '--max-unhealthy=0');
  expect(given.stderr).toContain('1 host unhealthy (new-b-04), and --max-unhealthy is 0');
  expect((await room.kuafu(['ops', 'show', run.result.id])).stdout).toMatch(
    /^stops +after the first unhealthy host, or more than 5 failed or 5 unreachable; \d+ hosts may be tried$/m,
  );
  const later = await room.resume(run.result.id);
  expect(later.code).toBe(4);
  expect(later.stderr).toContain('1 host unhealthy (new-b-05), and --max-unhealthy is 0');
});

it('begins no second batch when the canary does not get healthy; goes on once it is mended', async () => {
  await room.breakService('new-b-01', 'never-healthy');
  const impatient = await room.withConfig((config) => {
    config.apps.shop.health.within = '5s';
  });
  const flags = ['--batch=1,2', '--max-unhealthy=0'];
  const run = await room.scale({ count: 3, start: true, flags }, impatient);
  expect(run.code).toBe(4);
  expect(run.result).toMatchObject({ state: 'failed', wanted: 3, done: 0 });
  expect(run.stderr).toContain('1 host unhealthy (new-b-01), and --max-unhealthy is 0');
  for (const host of ['new-b-02', 'new-b-03'])
    expect(await room.inHost(host, 'ls -d /opt/shop /etc/shop 2>/dev/null || true')).toBe('');
  expect((await room.serversUp()).filter((name) => name.startsWith('new-'))).toEqual([]);

  await room.inHost('new-b-01', 'rm -r /etc/systemd/system/shop.service.d; systemctl daemon-reload');
  const again = await room.resume(run.result.id);
  expect(again.code).toBe(0);
  expect(again.stderr.indexOf('new-b-01 join done')).toBeGreaterThan(0);
  expect(again.stderr.indexOf('new-b-01 join done')).toBeLessThan(again.stderr.indexOf('batch 2 of 2'));
  expect(await room.serversUp()).toEqual(expect.arrayContaining(['new-b-01', 'new-b-02', 'new-b-03']));
});

it('shows batches and budgets before anything is done', async () => {
  const words = room.scaleWords({ count: 3, start: true, flags: ['--batch=1,50%', '--max-failed=1'] });
  const dry = await room.kuafu([...words, '--dry-run']);
  expect(dry.stdout).toContain('batches  1, 2');
  expect(dry.stdout).toMatch(
    /^stops {4}after more than 1 failed, 5 unreachable or 5 unhealthy; \d+ hosts may be tried$/m,
  );
  const wrong = await room.kuafu(room.scaleWords({ flags: ['--batch=1,x'] }));
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain('"x" is no size of a batch');
});
