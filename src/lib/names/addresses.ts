import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/**
 * Whether an address is in a network such as 198.18.1.0/24, which has been checked. An IPv4 address written as IPv6
 * (`::ffff:198.18.1.1`) counts as IPv4; text that is no address is in no network.
 */
export function contains(network: string, address: string): boolean {
  const [base = '', bits = ''] = network.split('/');
  const plain = withoutZone(address);
  if (isIP(base) === 0 || isIP(plain) === 0) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), familyOf(base));
  return list.check(plain, familyOf(plain));
}

/** Whether two networks share an address. */
export function overlap(network: string, other: string): boolean {
  return contains(network, baseOf(other)) || contains(other, baseOf(network));
}

/** Whether the text is an address, not a host name. */
export function isAddress(text: string): boolean {
  return isIP(text) > 0;
}

/** One text for each address: fd00::1 and FD00:0:0::1 are the same, as are ::ffff:192.0.2.1 and 192.0.2.1. */
export function canonicalAddress(address: string): string {
  // The first call of isIPv6 takes milliseconds, so it is made only for such addresses.
  if (!address.includes(':') || address.length > LONGEST_ADDRESS) return address;
  const before = known.get(address);
  if (before !== undefined) return before;
  const canonical = isIPv6(address) ? canonicalIPv6(address) : address;
  // A copy: a piece of an answer would keep all of it in memory.
  if (known.size < MOST_KNOWN) known.set(Buffer.from(address).toString(), canonical);
  return canonical;
}

/** Servers and hosts are compared by the thousand. */
const known = new Map<string, string>();
const MOST_KNOWN = 20_000;
/** IPv6 takes 45 characters, and a zone 16 (Linux, IFNAMSIZ). A longer text is no address. */
const LONGEST_ADDRESS = 64;

function canonicalIPv6(address: string): string {
  const short = new URL(`http://[${withoutZone(address)}]`).hostname.slice(1, -1);
  const [, high = '', low = ''] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short) ?? [];
  if (high === '') return short;
  const bytes = [high, low]
    .map((part) => Number.parseInt(part, 16))
    .flatMap((part) => [part >> 8, part & 255]);
  return bytes.join('.');
}

/** Whether two texts are the same address; a text that is no address equals only itself. */
export function isSameAddress(one: string, other: string): boolean {
  return one === other || canonicalAddress(one) === canonicalAddress(other);
}

/** Whether it can be dialled: an address, or a name that DNS may have. */
export function isDialable(address: string): boolean {
  if (isIP(address) !== 0) return true;
  const labels = address.replace(/\.$/, '').split('.');
  // Resolvers read 10.1 as an address, but here it is a typing mistake.
  return (
    address.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;

/** An address as it is written in a URL and before a port: IPv6 in brackets. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** `198.18.1.1:22`, `[fd00::1]:22` */
export function withPort(address: string, port: number): string {
  return `${bracketed(address)}:${port}`;
}

/** `fe80::1%eth0`: removes the zone, the link that the address is on (RFC 4007, 11). */
function withoutZone(address: string): string {
  return address.replace(/%.*$/s, '');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

function baseOf(network: string): string {
  return network.split('/')[0] ?? '';
}
