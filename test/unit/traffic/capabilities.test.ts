import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { AppConfig } from '../../../src/lib/config/config-types.js';
import type { Capability } from '../../../src/lib/layers/http/balancer.js';
import { awaitDrained } from '../../../src/lib/layers/http/drained.js';
import { readBackend } from '../../../src/lib/report/backend-load.js';
import { uncheckedJoin } from '../../../src/lib/traffic/join-facts.js';
import { serversElsewhere } from '../../../src/lib/traffic/traffic-facts.js';
import { countsAt } from '../../../src/lib/traffic/traffic-status.js';
import { wayIn } from '../../../src/lib/traffic/way-in.js';
import { placeOf } from '../../support/balancer-world.js';
import { hostNamed } from '../../support/fake-room.js';
import { MemoryBalancer } from '../../support/memory-balancer.js';

const app = {
  name: 'shop',
  traffic: { balancers: new Map(), control: 'memory:', backend: 'shop', port: 8080 },
} as unknown as AppConfig;
const can = (...those: readonly Capability[]) => new Set(those);

it('a host is enrolled before its health is asked where a balancer can know it and send it nobody', () => {
  const steps = (those: ReadonlySet<Capability>) => {
    const { enrol, join } = wayIn(app, [hostNamed('lb-b')], hostNamed('b1'), () => those);
    return [...enrol, ...join].map(({ id }) => id);
  };
  expect(steps(can('enrol-before-join'))).toEqual(['enrol', 'join']);
  expect(steps(can())).toEqual(['join']);
});

it('somebody sees a host healthy before users are sent there: its balancer, or kuafu', () => {
  const health = { http: 'http://{address}/', passes: 1, everyMs: 1, timeoutMs: 1, withinMs: 1 };
  expect(uncheckedJoin(app, { can: can('own-health-checks') })).toEqual([]);
  expect(uncheckedJoin({ ...app, health }, { can: can() })).toEqual([]);
  expect(uncheckedJoin(app, { can: can() })).toEqual([expect.stringContaining('apps.shop has no health')]);
});

it('requests have all their time to end where the balancer does not tell of them', async () => {
  const world = new MemoryBalancer();
  await world.start([world.one]);
  const balancer = world.open();
  const startedAt = performance.now();
  const drained = await awaitDrained(balancer, placeOf(world.one, balancer), 500);
  expect(drained).toEqual({ sessions: null, again: 1, isOldThere: false });
  expect(performance.now() - startedAt).toBeGreaterThan(500);
});

it('a balancer with one backend has no other, and one that counts nothing has no counts', async () => {
  const least = new MemoryBalancer();
  const more = new MemoryBalancer('several-backends', 'statistics');
  for (const world of [least, more]) await world.start([world.one], { api: [world.two] });
  expect(await serversElsewhere(least.open())).toEqual(new Map());
  expect([...(await serversElsewhere(more.open())).keys()]).toEqual(['api']);
  expect(await countsAt(least.open())).toEqual(new Map());
  expect([...(await countsAt(more.open())).keys()]).toEqual(['web-b-01']);
});

it('a load is read where requests are counted, and else the balancer is named', async () => {
  const start = async (world: MemoryBalancer) => {
    await world.start([world.one]);
    const members = [{ ...world.one, port: 8080 }];
    return readBackend(world.open(), members, 300, new AbortController().signal);
  };
  await expect(start(new MemoryBalancer())).rejects.toThrow('balancer lb-b counts no requests');
  const world = new MemoryBalancer('statistics');
  const [found] = await Promise.all([start(world), sleep(50).then(() => world.answer())]);
  expect(found.get('web-b-01')).toMatchObject({ inTraffic: true });
  expect(found.get('web-b-01')?.requests).toBeGreaterThan(0);
});
