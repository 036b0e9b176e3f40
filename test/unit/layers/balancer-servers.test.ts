import { expect, it } from 'vitest';
import {
  type BalancerServer,
  inAction,
  placesOf,
  serversOf,
} from '../../../src/lib/layers/http/balancer-servers.js';

const place = (balancer: string): BalancerServer => ({
  balancer,
  control: 'haproxy:/run/haproxy/admin.sock',
  backend: 'shop',
  name: 'web-b-01',
  address: '198.18.2.11',
  port: 8080,
});

/** As plans have it that were made before balancers had kinds. */
function stored(balancer: string): BalancerServer {
  const { control: _, ...rest } = place(balancer);
  return { ...rest, socket: '/run/haproxy/admin.sock' } as unknown as BalancerServer;
}

it('one place stands alone, and several beside the first', () => {
  const places = ['lb-b1', 'lb-b2'].map(place);
  expect(inAction([])).toBeUndefined();
  for (const some of [places.slice(0, 1), places]) {
    const at = inAction(some);
    expect(at && serversOf(at)).toEqual(some);
  }
});

it('a place of an old plan has the same balancer, and says so in the words of today', () => {
  const now = { ...place('lb-b1'), control: '/run/haproxy/admin.sock' };
  expect(serversOf({ server: stored('lb-b1') })).toEqual([now]);
  expect(placesOf([stored('lb-b1'), place('lb-b2')])).toEqual([now, place('lb-b2')]);
  expect(placesOf(undefined)).toEqual([]);
});
