import { addressType, type RecordSet, recordSet } from '../records.js';
import type { Share } from '../wanted.js';

/** A set that picks one address by weight at each question (PowerDNS manual, Lua records, pickwrandom). */
export function weightedSet(name: string, ttlSeconds: number, shares: readonly Share[]): RecordSet {
  const values = (['A', 'AAAA'] as const).flatMap((type) => {
    const own = shares.filter(({ address }) => addressType(address) === type);
    const choices = own.map(({ address, weight }) => `{${weight},'${address}'}`);
    return choices.length === 0 ? [] : [`${type} "pickwrandom({${choices.join(',')}})"`];
  });
  return recordSet(name, 'LUA', ttlSeconds, values);
}

const WEIGHTED =
  /^(?:A|AAAA) "pickwrandom\(\{(\{\d{1,9},'[0-9A-Fa-f.:]+'\}(?:,\{\d{1,9},'[0-9A-Fa-f.:]+'\})*)\}\)"$/;

/** The shares of such a record; undefined for every other Lua text. */
export function weightedShares(value: string): Share[] | undefined {
  const [, choices] = WEIGHTED.exec(value) ?? [];
  if (choices === undefined) return undefined;
  return [...choices.matchAll(/\{(\d+),'([^']+)'\}/g)].map(([, weight, address = '']) => ({
    weight: Number(weight),
    address,
  }));
}
