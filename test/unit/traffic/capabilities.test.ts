import { expect, it } from 'vitest';
import type { AppConfig } from '../../../src/lib/config/config-types.js';
import type { Capability } from '../../../src/lib/layers/http/balancer.js';
import { awaitDrained } from '../../../src/lib/layers/http/drained.js';
import { uncheckedJoin } from '../../../src/lib/traffic/join-facts.js';
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
