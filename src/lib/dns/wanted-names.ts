import type { DnsName, DnsProvider, DnsZone, Judging } from '../config/config-types.js';
import { judgingOf } from '../config/judging.js';
import { judgedBy, judgedSetOf, sharesBy, weightedSetOf } from '../layers/dns/adapters.js';
import { type RecordSet, wholeName } from '../layers/dns/records.js';
import { type Share, wantedSets } from '../layers/dns/wanted.js';
import { ALL_PERCENT, greatestDivisor, type MovedWeights, partSets } from './moved-weights.js';
import type { DnsRequest } from './set-request.js';

/** The sets that a name shall have, or why it cannot have them, in words that follow the name. */
export type Wanted = { readonly sets: readonly RecordSet[] } | { readonly refused: string };

/** @param found the sets that the name has at an authority */
export function wantedAt(
  name: DnsName,
  { provider, name: zone }: Pick<DnsZone, 'name' | 'provider'>,
  found: readonly RecordSet[],
  { target, ttlSeconds = name.ttlSeconds }: Pick<DnsRequest, 'target' | 'ttlSeconds'>,
): Wanted {
  if (target.kind === 'judged') return judgedSets({ ...name, ttlSeconds }, provider, zone, target.allDown);
  if (target.kind === 'steady' && name.judging !== undefined)
    return setsBy(name.judging, { ...name, ttlSeconds }, provider);
  if (target.kind === 'steady' || target.kind === 'unjudged')
    return setsOf(name, provider, name.steady, ttlSeconds);
  if (target.kind === 'weights') return setsOf(name, provider, target.weights, ttlSeconds);
  const present = presentWeights(name, provider, found);
  if (present === undefined) return UNKNOWN;
  if (!present.get(target.room) && !mayAnswer(name, provider, found, target.room)) return { sets: found };
  return setsOf(name, provider, new Map([...present, [target.room, 0]]), ttlSeconds);
}

function judgedSets(name: DnsName, provider: DnsProvider, zone: string, allDown: string): Wanted {
  if (judgedSetOf(provider) === undefined) return unjudgedBy(provider);
  const judging = judgingOf(wholeName(name.name, zone), name, allDown);
  return 'problem' in judging ? { refused: judging.problem } : setsBy(judging, name, provider);
}

function unjudgedBy({ kind }: DnsProvider): { readonly refused: string } {
  return { refused: `cannot be judged by health: ${kind} judges nobody; powerdns does` };
}

function setsBy(judging: Judging, { name, ttlSeconds }: DnsName, provider: DnsProvider): Wanted {
  const judged = judgedSetOf(provider);
  return judged === undefined ? unjudgedBy(provider) : { sets: [judged(name, ttlSeconds, judging)] };
}

/** A name as a switch leads it: its sets after each step. */
export interface Switched {
  readonly steps: readonly (readonly RecordSet[])[];
}

/**
 * The same for a name that leads to one room and shall lead to another: a room beside both keeps its share. `left`: why the
 * name stays as it is, in words that follow it. `unable`: the provider knows no weights, so it cannot be led in steps.
 */
export function switchedAt(
  name: DnsName,
  provider: DnsProvider,
  found: readonly RecordSet[],
  { steps, ...rooms }: { readonly from: string; readonly to: string; readonly steps: readonly number[] },
): Switched | { readonly refused: string } | { readonly left: string } | { readonly unable: true } {
  const moved = movedAt(name, provider, found, rooms);
  if (!('after' in moved)) return moved;
  // A TTL that was made shorter for this switch stays until the name is in its steady state again.
  const ttlSeconds = Math.min(name.ttlSeconds, ...found.map((set) => set.ttlSeconds));
  const last = setsOf(name, provider, moved.after, ttlSeconds);
  if ('refused' in last) return last;
  const parts = steps
    .filter((percent) => percent < ALL_PERCENT)
    .flatMap((percent) => {
      const sets = partSets({ ...name, ttlSeconds }, provider, moved, percent);
      return sets === undefined ? [] : [sets];
    });
  return parts.length < steps.length - 1 ? { unable: true } : { steps: [...parts, last.sets] };
}

function movedAt(
  name: DnsName,
  provider: DnsProvider,
  found: readonly RecordSet[],
  { from, to }: { readonly from: string; readonly to: string },
): MovedWeights | { readonly refused: string } | { readonly left: string } {
  const present = presentWeights(name, provider, found);
  if (present === undefined) return unlessElsewhere(name, found, from);
  const weight = present.get(from) ?? 0;
  if (weight === 0) {
    // It would lead there if the other rooms were down.
    if (mayAnswer(name, provider, found, from)) return { before: present, after: present };
    return { left: `does not lead to ${from}` };
  }
  if (!name.rooms.has(to)) return { left: `leads to ${from} and has no address in room ${to}` };
  return { before: present, after: new Map([...present, [from, 0], [to, present.get(to) || weight]]) };
}

/** Another name, and addresses that are not those of the room, lead nowhere near it. */
function unlessElsewhere(
  { rooms }: DnsName,
  found: readonly RecordSet[],
  from: string,
): { readonly refused: string } | { readonly left: string } {
  if (found.every(({ type }) => type === 'CNAME')) return { left: 'leads to another name' };
  const own = rooms.get(from) ?? [];
  const isElsewhere = found.every(
    ({ type, values }) => (type === 'A' || type === 'AAAA') && !values.some((value) => own.includes(value)),
  );
  return isElsewhere ? { left: `does not lead to ${from}` } : UNKNOWN;
}

const UNKNOWN = {
  refused: 'leads where no room is, or in a way that kuafu does not know: say where it shall lead',
} as const;

function setsOf(
  name: DnsName,
  provider: DnsProvider,
  weights: ReadonlyMap<string, number>,
  ttlSeconds: number,
): Wanted {
  // Rooms that are not named have no weight.
  const all = new Map([...name.rooms.keys()].map((room) => [room, weights.get(room) ?? 0]));
  const some = new Set([...all.values()].filter((weight) => weight > 0));
  if (some.size === 0) return { refused: 'would lead nowhere: a name always leads to a room' };
  const weighted = weightedSetOf(provider);
  if (some.size > 1 && weighted === undefined)
    return {
      refused: `cannot be answered by weight: ${provider.kind} knows none, and a room is in or out; powerdns can`,
    };
  return { sets: wantedSets({ ...name, ttlSeconds }, all, weighted) };
}

/** The weights of rooms that give these sets; undefined: there are none. */
function presentWeights(
  { rooms }: DnsName,
  provider: DnsProvider,
  found: readonly RecordSet[],
): ReadonlyMap<string, number> | undefined {
  const shares = sharesIn(found, provider);
  const known = new Set([...rooms.values()].flat());
  if (shares === undefined || shares.some(({ address }) => !known.has(address))) return undefined;
  const isEven = found.every(({ type, values }) =>
    type === 'LUA' ? values.every((value) => judgedBy(provider, value) !== undefined) : true,
  );
  const weights = [...rooms].map(([room, addresses]): [string, number] => {
    const own = shares.filter(({ address }) => addresses.includes(address));
    const sum = own.reduce((total, { weight }) => total + weight, 0);
    return [room, isEven ? Math.min(sum, 1) : sum];
  });
  const divisor = weights.reduce((common, [, weight]) => greatestDivisor(common, weight), 0) || 1;
  return new Map(weights.map(([room, weight]) => [room, weight / divisor]));
}

/** Whether a name that is judged by health may lead to the room, whichever rooms are healthy. */
function mayAnswer(
  { rooms }: DnsName,
  provider: DnsProvider,
  found: readonly RecordSet[],
  room: string,
): boolean {
  const own = rooms.get(room) ?? [];
  const judged = found.flatMap(({ type, values }) =>
    type === 'LUA' ? values.flatMap((value) => judgedBy(provider, value) ?? []) : [],
  );
  return judged.some(({ groups }) => groups.flat().some((address) => own.includes(address)));
}

function sharesIn(sets: readonly RecordSet[], provider: DnsProvider): readonly Share[] | undefined {
  const isComputed = sets.some(({ type }) => type === 'LUA');
  const shares = sets.flatMap(({ type, values }): (readonly Share[] | undefined)[] => {
    if (type === 'LUA')
      return values.map((value) => judgedShares(provider, value) ?? sharesBy(provider, value));
    return [type === 'CNAME' || isComputed ? undefined : values.map((address) => ({ address, weight: 1 }))];
  });
  return shares.includes(undefined) ? undefined : shares.flatMap((each) => each ?? []);
}

/** Where a name that is judged by health leads while all rooms are healthy. */
function judgedShares(provider: DnsProvider, value: string): readonly Share[] | undefined {
  const [first] = judgedBy(provider, value)?.groups ?? [];
  return first?.map((address) => ({ address, weight: 1 }));
}
