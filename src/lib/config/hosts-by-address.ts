import { canonicalAddress } from '../names/addresses.js';
import type { HostClaim } from './check-hosts.js';
import type { Shape } from './schema.js';

/** The applications with host names in place of addresses; an address that no host has is left as it is. */
export function withHostNames(apps: Shape['apps'], claims: readonly HostClaim[]): Shape['apps'] {
  const names = new Set(claims.map(({ name }) => name));
  const byAddress = new Map(
    claims.flatMap(({ name, address }) => (address === undefined ? [] : [[canonicalAddress(address), name]])),
  );
  const nameOf = (word: string) => (names.has(word) ? word : (byAddress.get(canonicalAddress(word)) ?? word));
  const named = (rooms: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(Object.entries(rooms).map(([room, words]) => [room, [...new Set(words.map(nameOf))]]));
  return Object.fromEntries(
    Object.entries(apps).map(([name, app]) => {
      const groups = Object.entries(app.groups).map(([group, rooms]) => [group, named(rooms)]);
      const traffic = app.traffic && { ...app.traffic, haproxy: named(app.traffic.haproxy) };
      return [name, { ...app, groups: Object.fromEntries(groups), traffic }];
    }),
  );
}
