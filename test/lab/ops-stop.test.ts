import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';
import { OWN_SOCKET, OwnHaproxy } from '../support/own-haproxy.js';
import { endSlowStart, makeStartSlow } from '../support/slow-start.js';

// `kuafu ops stop` as a person types it on another terminal while a restart runs.
const room = new LabRoom();
const balancer = new OwnHaproxy(room);

beforeEach(async () => {
  await room.open();
  await balancer.start([
    'option httpchk GET /healthz',
    'server srv1 198.18.2.11:8080 check inter 1s',
    'server srv2 198.18.2.12:8080 check inter 1s',
  ]);
});
afterEach(async () => {
  await endSlowStart(room, 'web-b-01');
  await balancer.stop();
  await room.close();
});

it('stops it: the host that is out comes back, no other is begun, and a resume ends it', async () => {
  const config = await room.withConfig((written) => {
    Object.assign(written.apps.shop.traffic, { socket: OWN_SOCKET });
  });
  // Out long enough for a stop to be typed and heard, on a busy machine, too.
  await makeStartSlow(room, 'web-b-01', 8);
  const words = ['restart', '--app=shop', '--idc=B', '--yes', '--batch=1,1', '--keep=0'];
  const restart = room.start(words, config);
  await restart.says('web-b-01 leave done');
  const [{ id }] = JSON.parse((await room.kuafu(['ops', 'list', '--json'], config)).stdout).operations;
  const toldAt = performance.now();
  expect(await room.kuafu(['ops', 'stop', id], config)).toMatchObject({ code: 0 });
  await restart.says('told by root: stop');
  expect(performance.now() - toldAt).toBeLessThan(5000);
  const { code, stdout } = await restart.ended;
  expect(code).toBe(130);
  expect(stdout).toMatch(/^restarted +web-b-01$/m);
  expect(stdout).toMatch(/^not begun +web-b-02$/m);
  expect(await balancer.servers()).toMatchObject({
    srv1: { admin: '0', up: true },
    srv2: { admin: '0', up: true },
  });
  expect(await room.kuafu(['ops', 'stop', id], config)).toMatchObject({ code: 3 });
  expect(await room.kuafu(['ops', 'resume', id], config)).toMatchObject({ code: 0 });
});
