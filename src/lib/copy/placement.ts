import { isLate, isSuspect, mayFeed, type Seat, seatOf } from './seat.js';

/** The feeder for a member, and the receiver that gives way to it. */
export interface Place {
  readonly feeder: string;
  readonly displaced: string | undefined;
}

export interface ChainShape {
  readonly source: string;
  /** Bytes of the archive. */
  readonly size: number;
  /** How many receivers a member feeds at a time; the source feeds one. */
  readonly width: number;
}

/** Compared by the first number that differs; the smaller rank comes first. */
type Rank = readonly [number, number, number, number];

/**
 * The best place for a member, if there is one: at a feeder that can feed one more, or whose receiver gives way. Suspects
 * give way to members that are no suspects. A member that came late gives way to one that came before and holds more, so that
 * no member with nearly everything waits for one that begins. Of those, the last in the chain gives way, because all members
 * behind it stand still for a moment.
 */
export function bestPlace(
  name: string,
  seats: ReadonlyMap<string, Seat>,
  { source, size, width }: ChainShape,
): Place | undefined {
  const own = seatOf(name, seats);
  const fed = receiversByFeeder(seats);
  const behind = membersBehind(name, fed);
  let best: (Place & { readonly rank: Rank }) | undefined;
  for (const [feeder, seat] of seats) {
    // These cannot help: a member that is waiting itself (it gets no more bytes), one that this machine feeds (it is slow), and
    // one behind this member (it never gets ahead of it).
    const isFed = seat.feeder === source || (seat.feeder !== undefined && seats.has(seat.feeder));
    const isSupplied = isFed || seat.bytes >= size;
    if (!isSupplied || !mayFeed(seat) || behind.has(feeder)) continue;
    // A suspect that holds less would only hold this member up.
    if (isSuspect(seat) && seat.bytes < own.bytes) continue;
    const place = placeBy(feeder, own, fed.get(feeder) ?? [], width, seats);
    if (place === undefined) continue;
    const displaced = place.displaced === undefined ? undefined : seatOf(place.displaced, seats);
    const rank: Rank = [
      Number(isSuspect(seat)),
      Number(isLate(seat, own)),
      Number(displaced !== undefined),
      displaced?.bytes ?? -seat.bytes,
    ];
    if (best === undefined || comesBefore(rank, best.rank)) best = { ...place, rank };
  }
  return best ?? placeBy(source, own, fed.get(source) ?? [], 1, seats);
}

function placeBy(
  feeder: string,
  own: Seat,
  receivers: readonly string[],
  width: number,
  seats: ReadonlyMap<string, Seat>,
): Place | undefined {
  if (own.refused.has(feeder)) return undefined;
  if (receivers.length < width) return { feeder, displaced: undefined };
  if (isSuspect(own)) return undefined;
  const displaced = receivers.find((name) => {
    const other = seatOf(name, seats);
    return isSuspect(other) || isLate(other, own);
  });
  return displaced === undefined ? undefined : { feeder, displaced };
}

function comesBefore(a: Rank, b: Rank): boolean {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index >= 0 && (a[index] ?? 0) < (b[index] ?? 0);
}

function receiversByFeeder(seats: ReadonlyMap<string, Seat>): ReadonlyMap<string, readonly string[]> {
  const fed = new Map<string, string[]>();
  for (const [receiver, { feeder }] of seats) {
    if (feeder === undefined) continue;
    const receivers = fed.get(feeder);
    if (receivers === undefined) fed.set(feeder, [receiver]);
    else receivers.push(receiver);
  }
  return fed;
}

/** A member and all members that are fed through it. */
function membersBehind(name: string, fed: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const behind = new Set([name]);
  // Iteration over a set also visits the names that are added meanwhile.
  for (const member of behind) for (const receiver of fed.get(member) ?? []) behind.add(receiver);
  return behind;
}
