import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Whether an address is in a network such as 198.18.1.0/24. Both have been checked. */
export function contains(network: string, address: string): boolean {
  const family = isIPv4(baseOf(network)) ? 'ipv4' : 'ipv6';
  if ((family === 'ipv4') !== isIPv4(address)) return false;
  const list = new BlockList();
  list.addSubnet(baseOf(network), Number(network.split('/')[1]), family);
  return list.check(address, family);
}

/** Whether two networks share an address. */
export function overlap(network: string, other: string): boolean {
  return contains(network, baseOf(other)) || contains(other, baseOf(network));
}

/** Whether it is an address, and not a name that stands for one. */
export function isAddress(text: string): boolean {
  return isIP(text) > 0;
}

/** One text for each address: fd00::1 and FD00:0:0::1 are the same. */
export function canonicalAddress(address: string): string {
  // The first call of isIPv6 takes milliseconds, which only who has such addresses should wait for.
  return address.includes(':') && isIPv6(address)
    ? new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname
    : address;
}

function baseOf(network: string): string {
  return network.split('/')[0] ?? '';
}
