import type { GtidState } from '../layers/database/gtid.js';
import { gtidsBeyond } from '../layers/database/gtid.js';
import type { MemberState } from '../layers/database/member.js';

/** Where two servers have parted. */
interface Common {
  /** The last transaction of each domain that both have, such as `0-1-1544`; empty: none. */
  readonly text: string;
  /** The server_ids that committed those: who was the primary when they parted. */
  readonly primaries: ReadonlySet<string>;
}

export function lastCommon(one: GtidState, other: GtidState): Common {
  const last = new Map<string, { readonly server: string; readonly number: number }>();
  for (const [key, own] of one) {
    const [domain = '', server = ''] = key.split('-');
    const number = Math.min(own, other.get(key) ?? 0);
    if (number > (last.get(domain)?.number ?? 0)) last.set(domain, { server, number });
  }
  return {
    text: [...last].map(([domain, { server, number }]) => `${domain}-${server}-${number}`).join(','),
    primaries: new Set([...last.values()].map(({ server }) => server)),
  };
}

/** Which of two servers leads, and which returns to it; a text: why that cannot be told. */
export type Parted<Name extends string> = { readonly primary: Name; readonly returning: Name } | string;

type Server<Name extends string> = { readonly name: Name; readonly state: MemberState };

/**
 * The primary is found by transactions. Who takes writes is not enough: a new primary that was restarted is read-only, and an
 * old one that nobody fenced takes writes.
 */
export function partedServers<Name extends string>(one: Server<Name>, other: Server<Name>): Parted<Name> {
  const lead = (primary: Server<Name>) => ({
    primary: primary.name,
    returning: primary === one ? other.name : one.name,
  });
  const [oneHasMore, otherHasMore] = [one, other].map((server) => {
    const rival = server === one ? other : one;
    return gtidsBeyond(server.state.gtids, rival.state.gtids).length > 0;
  });
  const writers = [one, other].filter(({ state }) => state.takesWrites);
  if (!oneHasMore && !otherHasMore && writers[0] !== undefined && writers.length === 1)
    return lead(writers[0]);
  if (oneHasMore !== otherHasMore) {
    const ahead = oneHasMore ? one : other;
    if (ahead.state.takesWrites || writers.length === 0) return lead(ahead);
  }
  // Both have transactions of their own, or the one that is behind takes writes: who was the primary when they parted returns.
  const { primaries } = lastCommon(one.state.gtids, other.state.gtids);
  const old = [one, other].filter(({ state }) => primaries.has(state.serverId));
  if (old[0] === undefined || old.length > 1)
    return `which of ${one.name} and ${other.name} was the primary when they parted cannot be told by their transactions`;
  return lead(old[0] === one ? other : one);
}
