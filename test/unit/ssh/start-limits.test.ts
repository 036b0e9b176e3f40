import { afterEach, expect, test, vi } from 'vitest';
import type { Route } from '../../../src/lib/ssh/route.js';
import { StartLimits, type StartOptions, subnetOf } from '../../../src/lib/ssh/start-limits.js';
import { host } from '../ledger/fixture.js';

afterEach(() => {
  vi.useRealTimers();
});

const never = new AbortController().signal;

function routes(addresses: readonly string[], via?: Route): Route[] {
  return addresses.map((address) => {
    const each = host('web-1');
    return { host: { ...each, ssh: { ...each.ssh, address } }, via, key: address };
  });
}

/** How many of these may start when none of them ends. */
async function admitted(options: StartOptions, all: readonly Route[]): Promise<number> {
  const limits = new StartLimits(options);
  let count = 0;
  for (const route of all) limits.acquire(route, never).then(() => count++);
  await vi.waitFor(() => expect(count).toBeGreaterThan(0), 20_000);
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  return count;
}

const subnet = (third: number, count: number) =>
  Array.from({ length: count }, (_, index) => `198.18.${third}.${index + 1}`);

test.each([
  ['all', { startsInFlight: 6, startsPerSubnet: 9 }, routes([...subnet(1, 9), ...subnet(2, 9)]), 6],
  ['one subnet', { startsInFlight: 9, startsPerSubnet: 4 }, routes(subnet(1, 9)), 4],
  ['two subnets', { startsInFlight: 9, startsPerSubnet: 4 }, routes([...subnet(1, 9), ...subnet(2, 9)]), 8],
  ['one sshd', { startsPerSshd: 3 }, routes(Array<string>(9).fill('198.18.1.1')), 3],
  ['one bastion', { startsPerBastion: 5, startsPerSubnet: 1 }, routes(subnet(1, 9), routes(['gw'])[0]), 5],
  ['a fleet of three subnets, by default', {}, routes([1, 2, 3].flatMap((third) => subnet(third, 99))), 32],
] as const)('the limit of %s', async (_, options, all, count) => {
  expect(await admitted(options, all)).toBe(count);
});

test('a start that is silent gives its turn to others, but not at its own sshd', async () => {
  vi.useFakeTimers();
  const limits = new StartLimits({ startsInFlight: 1, startsPerSshd: 1 });
  const [first, other] = routes(['198.18.1.1', '198.18.2.1']);
  if (!first || !other) throw new Error('no routes');
  const leave = await limits.acquire(first, never);
  const got: string[] = [];
  limits.acquire(other, never).then(() => got.push('other'));
  limits.acquire(first, never).then(() => got.push('same sshd'));
  await vi.advanceTimersByTimeAsync(1900);
  expect(got).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(got).toEqual(['other']);
  leave();
  await vi.advanceTimersByTimeAsync(2100);
  expect(got).toEqual(['other', 'same sshd']);
});

test('who gives up waiting takes no turn with it', async () => {
  const limits = new StartLimits({ startsInFlight: 1 });
  const [first, second] = routes(['198.18.1.1', '198.18.1.2']);
  if (!first || !second) throw new Error('no routes');
  const leave = await limits.acquire(first, never);
  const stop = new AbortController();
  const impatient = limits.acquire(second, stop.signal);
  stop.abort(new Error('enough'));
  await expect(impatient).rejects.toThrow('enough');
  leave();
  (await limits.acquire(second, never))();
});

test.each([
  ['198.18.1.77', '198.18.1'],
  ['fd00:2::11', 'fd00:2:0:0'],
  ['FD00:0002:0:0:1::5', 'fd00:2:0:0'],
  ['::1', '0:0:0:0'],
  ['db.example.com', 'db.example.com'],
])('%s is in the subnet %s', (address, expected) => {
  expect(subnetOf(address)).toBe(expected);
});
