import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { awaitDrained } from '../../src/lib/layers/http/drained.js';
import { isDrained, isHealthy, isInTraffic } from '../../src/lib/layers/http/server-state.js';
import { answers, type BalancerWorld, named, own, placeOf } from '../support/balancer-world.js';

export function enrolContract(world: BalancerWorld): void {
  const { one, two } = world;

  it('knows a new server that gets no request before it joins', async () => {
    await world.start([one]);
    const balancer = world.open();
    const place = placeOf(two, balancer);
    expect(await balancer.enrol(place)).toBe(true);
    expect(await balancer.enrol(place)).toBe(false);
    expect((await own(balancer, two)).map(isDrained)).toEqual([true]);
    expect(await answers(world)).toEqual(new Set([one.address]));
    expect(await balancer.join(place, 'in')).toMatchObject({ changed: true });
    expect(await answers(world)).toEqual(new Set([one.address, two.address]));
  });

  it('leaves one in traffic that is there, and drains one that somebody had taken out before', async () => {
    await world.start([one, two]);
    const balancer = world.open();
    expect(await balancer.enrol(placeOf(one, balancer))).toBe(false);
    expect((await own(balancer, one)).map(isInTraffic)).toEqual([true]);
    await world.set(two.name, 'shut');
    expect(await balancer.enrol(placeOf(two, balancer))).toBe(true);
    expect((await own(balancer, two)).map(isDrained)).toEqual([true]);
    expect(await balancer.join(placeOf(two, balancer), 'in')).toMatchObject({ changed: true });
  });

  it('leaves one out that somebody took out since', async () => {
    await world.start([one]);
    const balancer = world.open();
    const place = placeOf(two, balancer);
    await balancer.enrol(place);
    await world.set(two.name, 'shut');
    expect(await balancer.join(place, 'in')).toMatchObject({
      changed: false,
      message: expect.stringContaining('somebody else took it out'),
    });
  });
}

export function checksContract(world: BalancerWorld): void {
  const { one, two, silent } = world;

  it('sees a server healthy before it sends it anybody', async () => {
    await world.start([one]);
    const balancer = world.open();
    await balancer.join(placeOf(two, balancer), 'in');
    // While a check is on its way there is no word of it.
    await expect
      .poll(() => own(balancer, two))
      .toEqual([expect.objectContaining({ isChecked: true, checkPassed: true })]);
  });

  it('sends nobody to one that does not answer, not even for a moment', async () => {
    await world.start([one]);
    const balancer = world.open({ signal: AbortSignal.timeout(world.patienceMs) });
    const joined = expect(balancer.join(placeOf(silent, balancer), 'in')).rejects.toThrow();
    const seen = new Set<string>();
    const stopped = joined.then(() => true);
    while (!(await Promise.race([stopped, sleep(50).then(() => false)]))) seen.add(await world.answer());
    expect(seen).toEqual(new Set([one.address]));
    const [server] = await own(world.open(), silent);
    expect(server && isHealthy(server)).toBe(false);
    await world.open().remove(placeOf(silent, balancer));
  });
}

export function countsContract(world: BalancerWorld): void {
  const { one, two } = world;

  it('waits for the requests that a server has, and no longer', async () => {
    await world.start([one]);
    const balancer = world.open();
    const place = placeOf(one, balancer);
    const { ended } = await world.askSlowly(3000);
    let isOver = false;
    const over = ended.then(() => {
      isOver = true;
    });
    await expect
      .poll(() => balancer.readOpenRequests(place, 0), { timeout: 3000 })
      .toMatchObject({ sessions: 1 });
    await balancer.drain(place);
    expect(await awaitDrained(balancer, place, 20_000)).toMatchObject({ sessions: 0, again: 0 });
    await expect.poll(() => isOver, { timeout: 1000 }).toBe(true);
    await over;
  });

  it('tells of requests that are left when the time is over', async () => {
    await world.start([one, two]);
    const balancer = world.open();
    const ends = [await world.askSlowly(6000), await world.askSlowly(6000)];
    for (const behind of [one, two]) await balancer.drain(placeOf(behind, balancer));
    const left = await awaitDrained(balancer, placeOf(one, balancer), 300);
    expect(left).toMatchObject({ sessions: 1 });
    await Promise.all(ends.map(({ ended }) => ended));
  });
}

export function statisticsContract(world: BalancerWorld): void {
  const { one, two } = world;

  it('counts the requests of each server', async () => {
    await world.start([one, two]);
    const balancer = world.open();
    await balancer.drain(placeOf(two, balancer));
    const before = await balancer.readStatistics();
    expect([...before.keys()]).toEqual([one.name, two.name]);
    for (let asked = 0; asked < 5; asked++) await world.answer();
    await sleep(200);
    const after = await balancer.readStatistics();
    const more = (name: string) => (after.get(name)?.requests ?? 0) - (before.get(name)?.requests ?? 0);
    expect([more(one.name), more(two.name)]).toEqual([5, 0]);
    expect(after.get(one.name)?.inTraffic).toBe(true);
    expect(after.get(two.name)?.inTraffic).toBe(false);
  });
}

export function backendsContract(world: BalancerWorld): void {
  const { one, two } = world;

  it('tells of all backends at once, and changes those of its own alone', async () => {
    await world.start([one, two], { api: [named(one, 'api1')] });
    const balancer = world.open();
    await balancer.drain(placeOf(one, balancer));
    const all = await balancer.readAllServers();
    expect(new Set(all.keys())).toEqual(new Set(['shop', 'api']));
    const ordersOf = (name: string) => all.get(name)?.map((server) => `${server.name} ${server.order}`);
    expect(ordersOf('shop')).toEqual([`${one.name} drained`, `${two.name} in`]);
    expect(ordersOf('api')).toEqual(['api1 in']);
  });
}
