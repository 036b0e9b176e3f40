import { afterEach, describe, expect, it } from 'vitest';
import type { Capability } from '../../src/lib/layers/http/balancer.js';
import { awaitDrained, leave } from '../../src/lib/layers/http/drained.js';
import { isDrained, isInTraffic, isWanted } from '../../src/lib/layers/http/server-state.js';
import { StepFailure } from '../../src/lib/run/step-handler.js';
import { answers, type BalancerWorld, named, own, placeOf } from '../support/balancer-world.js';
import {
  backendsContract,
  checksContract,
  countsContract,
  enrolContract,
  statisticsContract,
} from './balancer-capabilities.js';

/** What every adapter of a balancer holds, and, for each capability that it declares, what that promises. */
export function balancerContract(world: BalancerWorld): void {
  afterEach(() => world.stop());

  describe('any balancer', () => leastContract(world));
  const parts: Readonly<Record<Capability, () => void>> = {
    'enrol-before-join': () => enrolContract(world),
    'own-health-checks': () => checksContract(world),
    'counts-open-requests': () => countsContract(world),
    statistics: () => statisticsContract(world),
    'several-backends': () => backendsContract(world),
  };
  for (const capability of world.can) describe(`with ${capability}`, parts[capability]);
}

function leastContract(world: BalancerWorld): void {
  const { one, two } = world;

  it('declares in every backend what the adapter does', async () => {
    await world.start([one]);
    expect(world.open().can).toEqual(world.can);
  });

  it('tells its servers, and users are sent to those that it says are in traffic', async () => {
    await world.start([one, two]);
    const balancer = world.open();
    await balancer.requireControl();
    const servers = await balancer.readServers();
    expect(servers.map(({ name, address, port }) => ({ name, address, port }))).toEqual(
      [one, two].map((behind) => ({ ...behind, port: 8080 })),
    );
    expect(servers.map(isInTraffic)).toEqual([true, true]);
    expect(await answers(world)).toEqual(new Set([one.address, two.address]));
  });

  it('drains a server under whatever name it has there, once, and lets it come back', async () => {
    await world.start([named(one, 'srv1'), two]);
    const balancer = world.open();
    const place = placeOf(one, balancer);
    expect(await balancer.drain(place)).toBe(true);
    expect(await balancer.drain(place)).toBe(false);
    expect((await own(balancer, one)).map(isDrained)).toEqual([true]);
    expect(await answers(world)).toEqual(new Set([two.address]));
    expect(await balancer.join(place, 'back')).toEqual({ changed: true, message: '' });
    expect(await balancer.join(place, 'back')).toEqual({ changed: false, message: '' });
    expect(await answers(world)).toEqual(new Set([one.address, two.address]));
  });

  it('leaves a server out that somebody took out on the way, and says it', async () => {
    await world.start([one, two]);
    const balancer = world.open();
    const place = placeOf(one, balancer);
    await balancer.drain(place);
    await world.set(one.name, 'shut');
    expect(await balancer.join(place, 'back')).toEqual({
      changed: false,
      message: expect.stringContaining(`${one.name} stays out at ${balancer.backend.balancer}`),
    });
    expect((await own(balancer, one)).map(({ order }) => order)).toEqual(['shut']);
  });

  it('drains anew a server that somebody put back while its requests ended', async () => {
    await world.start([one, two]);
    const balancer = world.open();
    const place = placeOf(one, balancer);
    await balancer.drain(place);
    await world.set(one.name, 'in');
    expect(await awaitDrained(balancer, place, world.patienceMs)).toMatchObject({
      again: 1,
      isOldThere: false,
    });
    expect((await own(balancer, one)).map(isDrained)).toEqual([true]);
    await balancer.close(place);
    expect((await own(balancer, one)).map(isDrained)).toEqual([true]);
  });

  it('shuts a server for as long as it takes, and opens it again', async () => {
    await world.start([one, two]);
    const balancer = world.open();
    const place = placeOf(one, balancer);
    await balancer.drain(place);
    for (const _ of [1, 2]) await balancer.shut(place);
    expect((await own(balancer, one)).map(({ order }) => order)).toEqual(['shut']);
    expect(await answers(world)).toEqual(new Set([two.address]));
    await balancer.reopen(place);
    expect((await own(balancer, one)).map(isDrained)).toEqual([true]);
    expect(await balancer.join(place, 'back')).toMatchObject({ changed: true });
    expect(await answers(world)).toEqual(new Set([one.address, two.address]));
  });

  it('takes a new server, and forgets it without a trace', async () => {
    await world.start([one]);
    const balancer = world.open();
    const place = placeOf(two, balancer);
    expect(await balancer.readJoinTerms(place)).toHaveProperty('notes');
    expect(await balancer.join(place, 'in')).toMatchObject({ changed: true });
    expect(await balancer.join(place, 'in')).toEqual({ changed: false, message: '' });
    expect(await answers(world)).toEqual(new Set([one.address, two.address]));
    expect(await leave(balancer, place, { withinMs: world.patienceMs })).toBe(true);
    expect((await balancer.readServers()).map(({ name }) => name)).toEqual([one.name]);
    expect(await leave(balancer, place)).toBe(false);
    expect(await answers(world)).toEqual(new Set([one.address]));
  });

  it('touches nobody where another host has the name', async () => {
    await world.start([named(two, one.name)]);
    const balancer = world.open();
    const place = placeOf(one, balancer);
    for (const work of [balancer.drain, (at: typeof place) => balancer.join(at, 'in'), balancer.remove])
      await expect(work(place)).rejects.toThrow(`has another server ${one.name}`);
    expect((await balancer.readServers()).map(isInTraffic)).toEqual([true]);
  });

  it('names itself where it has no such backend', async () => {
    await world.start([one]);
    const balancer = world.open({ backend: 'nobody' });
    const asked = balancer.readServers();
    await expect(asked).rejects.toThrow(StepFailure);
    await expect(asked).rejects.toThrow(`balancer ${balancer.backend.balancer} has no backend nobody`);
  });

  it('ends with the signal', async () => {
    await world.start([one]);
    const balancer = world.open({ signal: AbortSignal.abort(new Error('enough')) });
    await expect(balancer.readServers()).rejects.toThrow('enough');
    await expect(balancer.drain(placeOf(one, balancer))).rejects.toThrow('enough');
    expect((await world.open().readServers()).map(isWanted)).toEqual([true]);
  });
}
