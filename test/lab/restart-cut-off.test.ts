import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { casesHere, itOnce } from '../support/it-once.js';
import { each, HOSTS, RestartedRoom, restartWords } from '../support/restarted-room.js';

// A rolling restart that is cut off in the middle: by its end, by a user, by a balancer that goes down.
const room = new RestartedRoom();

beforeAll(() => room.open());
afterAll(() => room.close());
beforeEach(async () => {
  expect((await room.serversUp()).sort()).toEqual(HOSTS);
  await room.countStarts();
});

describe('a balancer that is down', () => {
  it('before it begins: refused, nothing is stopped', async () => {
    await room.stopHaproxy();
    try {
      const run = await room.kuafu(restartWords());
      expect(run).toMatchObject({ code: 3 });
      expect(run.stderr).toContain('who is in traffic cannot be read');
      expect(run.stderr).toContain('lb-b');
    } finally {
      await room.startHaproxy();
    }
    expect(await room.starts()).toEqual(each(0));
  });

  itOnce('on the way: stops, and goes on once it is back', async () => {
    const process = room.start(restartWords());
    await process.says('new-b-02 leave done');
    await room.stopHaproxy();
    const run = await process.ended;
    await room.startHaproxy();
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('lb-b');
    const begun = await room.starts();
    for (const host of HOSTS.slice(2)) expect(begun[host]).toBe(0);
    await room.resumeLast();
    expect(await room.starts()).toEqual(each(1));
  });
});

describe('an end in the middle', () => {
  it.each(casesHere([/stop done/, /leave done/, /start done/, /new-b-03 leave done/], 1))(
    'kill -9 after %s: a resume restarts each host exactly once, and no request fails',
    async (moment) => {
      const stop = room.putUnderLoad();
      const process = room.start(restartWords('--window=2'));
      await process.says(moment);
      process.process.kill('SIGKILL');
      await process.ended;
      expect(await room.resume((await room.lastOperation()).id)).toMatchObject({
        code: 0,
        result: { done: 8 },
      });
      expect((await stop()).failures).toEqual([]);
      expect(await room.starts()).toEqual(each(1));
    },
  );

  it.each(casesHere([1, 2, 3], 0))('kill -9 at a random moment (%i)', async () => {
    const process = room.start(restartWords('--window=3'));
    await process.says(/operation \S+: restart/);
    const moment = Math.random() * 10_000;
    await Promise.race([sleep(moment), process.ended]);
    process.process.kill('SIGKILL');
    await process.ended;
    const operation = await room.lastOperation();
    if (operation.state !== 'done') await room.resumeLast();
    expect({ moment, starts: await room.starts() }).toEqual({ moment, starts: each(1) });
  });

  it('Ctrl-C lets the host that is out come back, and begins no other', async () => {
    const process = room.start(restartWords());
    await process.says('new-b-01 stop done');
    process.process.kill('SIGINT');
    const run = await process.ended;
    expect(run.code).toBe(130);
    expect(run.stderr).toContain('new-b-01 join done');
    expect((await room.serversUp()).sort()).toEqual(HOSTS);
    expect(await room.starts()).toEqual({ ...each(0), 'new-b-01': 1 });
    await room.resumeLast();
    expect(await room.starts()).toEqual(each(1));
  });
});
