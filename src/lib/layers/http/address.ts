import { BlockList, isIP } from 'node:net';

/** Whether two texts are one address: `::ffff:192.0.2.1` and `192.0.2.1` are, as are `::1` and `0:0::1`. */
export function isSameAddress(one: string, other: string): boolean {
  if (one === other) return true;
  if (isIP(one) === 0 || isIP(other) === 0) return false;
  const list = new BlockList();
  list.addAddress(one, familyOf(one));
  return list.check(other, familyOf(other));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
