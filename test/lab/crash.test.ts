import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

const room = new LabRoom();
beforeEach(() => room.open());
afterEach(() => room.close());

const COUNT = 3;
const STARTED = /operation \S+: scale/;

async function tree(host: string): Promise<string> {
  return (
    await room.inHost(host, 'cd /opt/shop && find . -type f | sort | xargs sha256sum | sha256sum')
  ).trim();
}

/** What an expansion leaves behind, as far as users and operators can see it. */
async function endState(hosts: readonly string[], sinceSeconds: number) {
  const up = await room.serversUp();
  return await Promise.all(
    hosts.map(async (host) => ({
      inTraffic: up.filter((name) => name === host).length,
      starts: await room.serviceStarts(host, sinceSeconds),
      state: (await room.inHost(host, 'systemctl is-active shop.service || true')).trim(),
      tree: (
        await room.inHost(host, 'cd /opt/shop && find . -type f | sort | xargs sha256sum | sha256sum')
      ).trim(),
      leftovers: (
        await room.inHost(host, 'ls /opt /var/lib/kuafu /etc/systemd/system | grep -i kuafu- || true')
      ).trim(),
    })),
  );
}

describe('kill -9 of the controller at ten random moments', () => {
  // From the operation's first word to its end, undisturbed; the moments are spread over all of it.
  let undisturbedMs = 0;
  it('has an undisturbed expansion to compare with', async () => {
    const since = Math.floor(Date.now() / 1000);
    const process = room.start(room.scaleWords({ count: COUNT, start: true }));
    await process.says(STARTED);
    const startedAt = performance.now();
    expect((await process.ended).code).toBe(0);
    undisturbedMs = performance.now() - startedAt;
    await expectEndState(since);
  });

  it.each(Array.from({ length: 10 }, (_, index) => index))(
    'expansion %i ends as the undisturbed one',
    async (index) => {
      const since = Math.floor(Date.now() / 1000);
      const process = room.start(room.scaleWords({ count: COUNT, start: true }));
      await process.says(STARTED);
      const moment = ((index + Math.random()) / 10) * undisturbedMs;
      await Promise.race([sleep(moment), process.ended]);
      process.process.kill('SIGKILL');
      await process.ended;
      const [operation] = JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations;
      if (operation.state !== 'done') {
        const again = await room.resume(operation.id);
        expect({ moment, code: again.code, stderr: again.stderr }).toMatchObject({ code: 0 });
      }
      await expectEndState(since);
    },
  );
});

/** Every host is in traffic once, was started once, runs, has the template's files, and nothing was left behind. */
async function expectEndState(since: number): Promise<void> {
  const [operation] = JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations;
  expect(operation).toMatchObject({ state: 'done', crashed: false });
  const assigned = (await room.resources('assigned')).map(({ host }) => host);
  expect(assigned).toHaveLength(COUNT);
  const template = await tree('web-a-01');
  for (const state of await endState(assigned, since))
    expect(state).toMatchObject({ inTraffic: 1, starts: 1, state: 'active', tree: template, leftovers: '' });
}

describe('an interruption', () => {
  it('Ctrl-C ends the running steps, exits with 130, and can be resumed', async () => {
    const process = room.start(room.scaleWords({ count: COUNT, start: true }));
    await process.says(/copy/);
    process.process.kill('SIGINT');
    const run = await process.ended;
    expect(run.code).toBe(130);
    const id = /kuafu ops resume (\S+)/.exec(run.stderr)?.[1] ?? '';
    const dry = await room.kuafu(['ops', 'resume', id, '--dry-run']);
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.stderr).toContain('nothing was changed');
    expect(await room.resources('assigned')).toEqual([]);
    const again = await room.resume(id);
    expect(again.code).toBe(0);
    expect(again.result).toMatchObject({ state: 'done', done: COUNT });
    const third = await room.kuafu(['ops', 'resume', id]);
    expect(third).toMatchObject({ code: 0, stderr: expect.stringContaining('done') });
  });
});

describe('a process that was stopped for longer than its lease', () => {
  it('does nothing more on any host when it goes on, says so, and leaves what a resume ends', async () => {
    const since = Math.floor(Date.now() / 1000);
    // Slow enough that it is stopped while it copies, however late this process reads what it says.
    const process = room.start([...room.scaleWords({ count: COUNT, start: true }), '--limit-rate=300K']);
    await process.says(/new-b-01 +init done/);
    process.process.kill('SIGSTOP');
    await sleep(26_000);
    process.process.kill('SIGCONT');
    const run = await process.ended;
    expect(run.code).toBe(4);
    expect(run.stderr).toMatch(
      /not kept alive for \d+ s: this process was stopped.*nothing more on any host/s,
    );
    expect(await room.serversUp()).not.toContain('new-b-01');
    for (const host of ['new-b-01', 'new-b-02', 'new-b-03'])
      expect(await room.serviceStarts(host, since)).toBe(0);
    const id = /kuafu ops resume (\S+)/.exec(run.stderr)?.[1] ?? '';
    expect((await room.resume(id)).code).toBe(0);
    await expectEndState(since);
  });
});

describe('two operators', () => {
  it('who expand the same group in the same second: one goes, the other is told who and since when', async () => {
    const runs = await Promise.all([1, 2].map(() => room.kuafu(room.scaleWords({ count: 2, start: true }))));
    expect(runs.map(({ code }) => code).sort()).toEqual([0, 3]);
    const refused = runs.find(({ code }) => code === 3);
    expect(refused?.stderr).toMatch(/app\/shop\/web\/B|shop\/web/);
    expect(refused?.stderr).toMatch(/root/);
    expect(refused?.stderr).toMatch(/since/);
    expect(await room.resources('assigned')).toHaveLength(2);
  });

  it('cannot both go on with one operation', async () => {
    const process = room.start(room.scaleWords({ count: 2, start: true }));
    await process.says(/init/);
    process.process.kill('SIGKILL');
    await process.ended;
    const [operation] = JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations;
    expect(operation).toMatchObject({ state: 'running', crashed: true });
    const runs = await Promise.all([1, 2].map(() => room.kuafu(['ops', 'resume', operation.id])));
    expect(runs.map(({ code }) => code).sort()).toEqual([0, 3]);
  });
});
