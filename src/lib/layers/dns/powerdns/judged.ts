import type { Judging } from '../../../config/config-types.js';
import { addressType, type RecordSet, recordSet } from '../records.js';

/** A set that PowerDNS answers by health checks of its own (PowerDNS manual, Lua records, ifurlup). */
export function judgedSet(name: string, ttlSeconds: number, judged: Judging): RecordSet {
  const values = (['A', 'AAAA'] as const).flatMap((type) => {
    const own = (addresses: readonly string[]) => addresses.filter((each) => addressType(each) === type);
    const groups = judged.groups.map(own).filter((group) => group.length > 0);
    if (groups.length === 0) return [];
    const allDown = typeof judged.allDown === 'string' ? judged.allDown : own(judged.allDown);
    return [`${type} "${luaOf({ ...judged, groups, allDown: allDown.length === 0 ? 'all' : allDown })}"`];
  });
  return recordSet(name, 'LUA', ttlSeconds, values);
}

/**
 * PowerDNS chooses among all addresses when none is healthy: `backupSelector`. To answer certain ones it is told to give all, which
 * are more than any group has; one group alone is given another beside it, whose address is the same, for that.
 */
function luaOf({ url, timeoutSeconds, groups, allDown }: Judging): string {
  const isCertain = typeof allDown !== 'string';
  const [first = []] = groups;
  const all = isCertain && groups.length === 1 ? [...groups, first.slice(0, 1)] : groups;
  const selector = allDown === 'one' ? 'random' : 'all';
  const options = `{selector='all',backupSelector='${selector}',timeout=${timeoutSeconds}}`;
  const check = `ifurlup('${url}',{${all.map(listOf).join(',')}},${options})`;
  if (!isCertain) return check;
  const most = Math.max(...groups.map(({ length }) => length));
  return `;local r=${check} if #r>${most} then return ${listOf(allDown)} end return r`;
}

function listOf(addresses: readonly string[]): string {
  return `{${addresses.map((address) => `'${address}'`).join(',')}}`;
}

const LIST = String.raw`\{'[0-9A-Fa-f.:]+'(?:,'[0-9A-Fa-f.:]+')*\}`;
const JUDGED = new RegExp(
  String.raw`^(?:A|AAAA) "(?:;local r=)?ifurlup\('([^'"\\]+)',\{(${LIST}(?:,${LIST})*)\},` +
    String.raw`\{selector='all',backupSelector='(all|random)',timeout=(\d{1,4})\}\)` +
    String.raw`(?: if #r>\d{1,4} then return (${LIST}) end return r)?"$`,
);

/** What such a record is judged by; undefined for every other Lua text. */
export function judgedIn(value: string): Judging | undefined {
  const [, url, lists, selector, timeout, certain] = JUDGED.exec(value) ?? [];
  if (url === undefined || lists === undefined) return undefined;
  const groups = [...lists.matchAll(/\{[^{}]*\}/g)].map(([list]) => addressesIn(list));
  const [first = [], last = []] = groups;
  const isDoubled =
    certain !== undefined && groups.length === 2 && last.every((each) => first.includes(each));
  return {
    url,
    timeoutSeconds: Number(timeout),
    groups: isDoubled ? [first] : groups,
    allDown: certain === undefined ? (selector === 'random' ? 'one' : 'all') : addressesIn(certain),
  };
}

function addressesIn(list: string): string[] {
  return [...list.matchAll(/'([^']+)'/g)].map(([, address = '']) => address);
}
