/**
 * Addresses of a lab. 198.18.0.0/15 is for benchmarks (RFC 2544, appendix C.2.2), 203.0.113.0/24 for documentation (RFC
 * 5737): neither is ever routed on the Internet. They exist only inside the lab's network namespaces.
 */
export const ROOMS = ['A', 'B'] as const;

export type RoomName = (typeof ROOMS)[number];

export interface RoomAddresses {
  /** First three octets of the intranet. */
  readonly prefix: string;
  readonly gateway: string;
  readonly balancer: string;
  /** The gateway on the backbone. */
  readonly backbone: string;
  /** The gateway on the carrier's side: the way in when the intranet is cut off. */
  readonly outOfBand: string;
  /** The address that users connect to: on the gateway, forwarded to the balancer. */
  readonly entry: string;
}

export const ROOM_ADDRESSES: Readonly<Record<RoomName, RoomAddresses>> = {
  A: {
    prefix: '198.18.1',
    gateway: '198.18.1.1',
    balancer: '198.18.1.10',
    backbone: '198.18.0.1',
    outOfBand: '203.0.113.11',
    entry: '203.0.113.101',
  },
  B: {
    prefix: '198.18.2',
    gateway: '198.18.2.1',
    balancer: '198.18.2.10',
    backbone: '198.18.0.2',
    outOfBand: '203.0.113.12',
    entry: '203.0.113.102',
  },
};

/** Last octets. */
export const WEB_ADDRESSES = { first: 11, last: 90 } as const;
export const SPARE_ADDRESSES = { first: 101, last: 254 } as const;

export const INTRANETS = '198.18.0.0/15';
export const CARRIER = '203.0.113.0/24';
export const CONTROL = { backbone: '198.18.0.10', carrier: '203.0.113.210' } as const;
export const CLIENT = '203.0.113.200';
export const RESOLVER = '203.0.113.2';

export const SHOP_DOMAIN = 'www.shop.test';
export const SHOP_PORT = 8080;

export function networkOf(room: RoomName): string {
  return `${ROOM_ADDRESSES[room].prefix}.0/24`;
}

export function otherRoom(room: RoomName): RoomName {
  return room === 'A' ? 'B' : 'A';
}
