import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';
import type { Load } from '../support/load.js';

// A day of room B with users at work, whatever the shells and the sshd of its hosts are like and whatever its balancer calls
// them: it grows, is restarted and shrinks.
const room = new LabRoom();
const NEW = Array.from({ length: 8 }, (_, index) => `new-b-0${index + 1}`);
const STEADY = ['web-b-01', 'web-b-02'];
const HOSTS = [...NEW, ...STEADY];
let operation = '';

beforeAll(async () => {
  await room.open();
});
afterAll(async () => {
  await room.close();
});

interface Day extends Load {
  /** The fewest hosts that the balancer saw in traffic at any moment. */
  readonly fewest: number;
}

/** Puts users to work, and looks who serves them, until the returned function is called. */
function beginDay(): () => Promise<Day> {
  const stop = room.putUnderLoad();
  let fewest = Number.POSITIVE_INFINITY;
  let over = false;
  const watch = async () => {
    for (; !over; await sleep(100)) fewest = Math.min(fewest, (await room.serversUp()).length);
  };
  const watched = watch();
  return async () => {
    over = true;
    await watched;
    return { ...(await stop()), fewest };
  };
}

it('grows by eight hosts: all in traffic, none is blamed, and no request fails', async () => {
  const endDay = beginDay();
  const run = await room.scale({ count: NEW.length, start: true });
  await sleep(1000);
  const day = await endDay();
  expect(run).toMatchObject({ code: 0, result: { state: 'done', done: NEW.length } });
  operation = run.result.id;
  expect(day.failures).toEqual([]);
  expect(day.fewest).toBe(STEADY.length);
  expect([...day.hosts.keys()]).toEqual(expect.arrayContaining(STEADY));
  expect((await room.serversUp()).sort()).toEqual(HOSTS);
  expect(await room.resources('unfit')).toEqual([]);
});

it('is restarted, three at a time: each once, never fewer than the floor, and no request fails', async () => {
  const since = Math.floor(Date.now() / 1000) + 1;
  await sleep(1000);
  const endDay = beginDay();
  const run = await room.kuafu([
    'restart',
    '--app=shop',
    '--idc=B',
    '--window=3',
    '--keep=7',
    '--yes',
    '--json',
  ]);
  const day = await endDay();
  expect(run).toMatchObject({ code: 0 });
  expect(JSON.parse(run.stdout)).toMatchObject({ state: 'done', done: HOSTS.length });
  expect(day.failures).toEqual([]);
  expect(day.fewest).toBeGreaterThanOrEqual(7);
  expect([...day.hosts.keys()].sort()).toEqual(HOSTS);
  for (const host of HOSTS) expect(await room.serviceStarts(host, since)).toBe(1);
  expect((await room.serversUp()).sort()).toEqual(HOSTS);
});

it('shrinks again: the hosts end what they have begun, and no request fails', async () => {
  const endDay = beginDay();
  const run = await room.kuafu(['scale', '--undo', operation, '--yes']);
  const day = await endDay();
  expect(run).toMatchObject({ code: 0 });
  expect(day.failures).toEqual([]);
  expect((await room.serversUp()).sort()).toEqual(STEADY);
  expect(await room.resources('unfit')).toEqual([]);
});
