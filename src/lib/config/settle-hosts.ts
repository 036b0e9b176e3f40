import { isSameAddress } from '../names/addresses.js';
import { checkHosts, type HostClaim, hostClaims } from './check-hosts.js';
import type { InventoryRemark } from './inventory-remarks.js';
import type { ProgramHost, ProgramHosts } from './program-hosts.js';
import type { Shape } from './schema.js';

const CERTAIN = { hasNetwork: () => true, mayHaveAddress: () => true, isDoubled: () => false };

/**
 * Checks the hosts of the inventory program against the configuration and each other. A host that does not fit is left out: the
 * configuration itself takes precedence.
 */
export function settleHosts({ hosts, remarks }: ProgramHosts, { rooms }: Pick<Shape, 'rooms'>): ProgramHosts {
  const left = new Map<string, string>();
  for (const host of hosts) {
    const reason = againstGateways(host, rooms);
    if (reason !== undefined) left.set(host.name, reason);
  }
  const claims = hosts.filter(({ name }) => !left.has(name));
  checkHosts(rooms, [...hostClaims(rooms), ...withoutRepetition(claims, rooms)], CERTAIN, (path, message) => {
    const [section, , name] = path;
    if (section === 'inventory') left.set(String(name), message);
  });
  const leftOut = [...left].map(([name, what]): InventoryRemark => ({ about: 'left out', name, what }));
  return {
    hosts: hosts.filter(({ name }) => !left.has(name)),
    remarks: [
      ...remarks.filter(({ about, name }) => about !== 'not followed' || !left.has(name)),
      ...leftOut,
    ],
  };
}

/** Removes hosts that the file defines in the same way. */
export function withoutRepetition(hosts: readonly ProgramHost[], rooms: Shape['rooms']): HostClaim[] {
  return hosts.filter(({ name, room, role, address }) => {
    const entries = rooms[room]?.[role === 'spare' ? 'spare' : 'hosts'] ?? [];
    return !entries.some((entry) => entry.name === name && isSameAddress(entry.address, address));
  });
}

/** The file and the program may both define a gateway, if they agree. */
function againstGateways(
  { name, room, role, address }: ProgramHost,
  rooms: Shape['rooms'],
): string | undefined {
  for (const [place, { gateway }] of Object.entries(rooms)) {
    if (gateway === undefined) continue;
    const isIt = gateway.host === name;
    const isThere = gateway.address !== undefined && isSameAddress(gateway.address, address);
    if (isIt && (place !== room || role === 'spare')) return `it is the gateway of room ${place}`;
    if (isIt && gateway.address !== undefined && !isThere)
      return `the configuration has it at ${gateway.address}`;
    if (!isIt && isThere) return `${address} is the address of the gateway ${gateway.host}`;
  }
  return undefined;
}
