import type { DnsName, HttpCheck, Judging } from './config-types.js';

/** Words of `allDown` that are no room. */
export const ALL_DOWN_WORDS = ['all', 'one', 'home'] as const;

/**
 * How a name is judged by health; or why it cannot be, in words that follow the name. Rooms that have a weight in the steady state are answered together; the others are answered when none of these is healthy.
 *
 * @param whole the name as users know it
 * @param allDown one of ALL_DOWN_WORDS, or a room
 */
export function judgingOf(
  whole: string,
  { health, rooms, steady }: Pick<DnsName, 'health' | 'rooms' | 'steady'>,
  allDown: string,
): Judging | { readonly problem: string } {
  if (health === undefined) return { problem: 'has no `health`, by which it would be judged' };
  const url = urlFor(whole, health);
  if (typeof url !== 'string') return url;
  const weights = new Set([...steady.values()].filter((weight) => weight > 0));
  if (weights.size > 1)
    return { problem: 'has rooms of different weights: who is judged by health is answered alike' };
  const isFirst = (room: string) => (steady.get(room) ?? 0) > 0;
  const groups = [true, false]
    .map((first) => [...rooms].flatMap(([room, addresses]) => (isFirst(room) === first ? addresses : [])))
    .filter((group) => group.length > 0);
  const then = allDownOf(allDown, rooms, [...rooms.keys()].filter(isFirst));
  if ('problem' in then) return then;
  return { url, timeoutSeconds: Math.ceil(health.timeoutMs / 1000), groups, allDown: then.allDown };
}

function allDownOf(
  word: string,
  rooms: DnsName['rooms'],
  homes: readonly string[],
): Pick<Judging, 'allDown'> | { readonly problem: string } {
  if (word === 'all' || word === 'one') return { allDown: word };
  const [home, other] = homes;
  if (word === 'home' && (home === undefined || other !== undefined))
    return { problem: `has no one room as its home: say which, such as ${homes.join(' or ')}` };
  const room = word === 'home' ? home : word;
  const addresses = room === undefined ? undefined : rooms.get(room);
  return addresses === undefined
    ? { problem: `has no address in room ${word}; all, one and home are no rooms` }
    : { allDown: addresses };
}

const OK = 200;

/** The authority asks each address for the host in the URL, and takes no other status than 200. */
function urlFor(whole: string, { http, host, status }: HttpCheck): string | { readonly problem: string } {
  if (status !== undefined && !status.some(([from, to]) => from <= OK && OK <= to))
    return { problem: 'is healthy with another status than 200, and PowerDNS takes that alone' };
  const name = host ?? whole;
  const text = http.replaceAll(/\[\{address\}\]|\{address\}/g, name);
  if (name.startsWith('*') || !URL.canParse(text)) return { problem: 'needs `host` in its `health`' };
  const url = new URL(text).href;
  return /^[^'"\\\s]+$/.test(url) ? url : { problem: `is asked at ${url}, which no record can hold` };
}
