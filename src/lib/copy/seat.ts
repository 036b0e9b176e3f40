/** Hosts that begin together join within less. */
const LATE_MS = 2000;

/** A member's place in a chain. */
export interface Seat {
  readonly joinedMs: number;
  bytes: number;
  feeder: string | undefined;
  linkedMs: number;
  /** What it had when its link was made. */
  linkedBytes: number;
  /** How often it was the receiver, or the feeder, of a link that held up others. */
  slowToReceive: number;
  /** How often of these from the source. */
  slowAtSource: number;
  slowToGive: number;
  /** When its feeder said that all was given; that it has all is for itself to say. */
  claimedMs: number | undefined;
  /** Feeders that are not tried again: they gave it nothing, or were too slow for it. */
  readonly refused: Set<string>;
  /** All that were its feeder so far. */
  readonly fedBy: Set<string>;
  /** Receivers to which it gave nothing. */
  readonly failed: Set<string>;
}

/** Who fails with so many others does not feed any more, whoever of them it was. What it has got is as good as before. */
const MOST_FAILED = 3;

export function newSeat(joinedMs: number): Seat {
  return {
    joinedMs,
    bytes: 0,
    feeder: undefined,
    linkedMs: 0,
    linkedBytes: 0,
    claimedMs: undefined,
    slowToReceive: 0,
    slowAtSource: 0,
    slowToGive: 0,
    refused: new Set(),
    fedBy: new Set(),
    failed: new Set(),
  };
}

/** One slow link as its feeder may be the receiver's fault. */
export function isSuspect({ slowToReceive, slowToGive, failed }: Seat): boolean {
  return slowToReceive > 0 || slowToGive > 1 || failed.size > 1;
}

export function mayFeed({ failed }: Seat): boolean {
  return failed.size < MOST_FAILED;
}

/** One that came so much later, and holds less. */
export function isLate(other: Seat, own: Seat): boolean {
  return other.joinedMs - own.joinedMs > LATE_MS && other.bytes < own.bytes;
}

/** Negative where a comes before b: who is under suspicion comes last, who holds most first. */
export function precedence(a: Seat, b: Seat): number {
  return Number(isSuspect(a)) - Number(isSuspect(b)) || b.bytes - a.bytes;
}

export function seatOf(name: string, seats: ReadonlyMap<string, Seat>): Seat {
  const seat = seats.get(name);
  if (seat === undefined) throw new Error(`${name} is no member of the chain`);
  return seat;
}

export function receiversOf(feeder: string, seats: ReadonlyMap<string, Seat>): string[] {
  return [...seats].filter(([, seat]) => seat.feeder === feeder).map(([receiver]) => receiver);
}
