/** Hosts that begin together join within less time than this. */
const LATE_MS = 2000;

/** A member's place in a chain. */
export interface Seat {
  readonly joinedMs: number;
  bytes: number;
  feeder: string | undefined;
  linkedMs: number;
  /** How many bytes it had when its link was made. */
  linkedBytes: number;
  /** How often it was the receiver, or the feeder, of a link that held up others. */
  slowToReceive: number;
  /** How many of these links came from the source. */
  slowAtSource: number;
  slowToGive: number;
  /** When its feeder reported that everything was given; only the member itself can say that it has everything. */
  claimedMs: number | undefined;
  /** Feeders that are not tried again: they gave it nothing, or were too slow for it. */
  readonly refused: Set<string>;
  /** All its feeders so far. */
  readonly fedBy: Set<string>;
  /** Receivers that got nothing from it. */
  readonly failed: Set<string>;
}

/** A member that fails with this many others does not feed any more, whichever end was at fault. What it holds is still good. */
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

/** A feeder may have one slow link through the fault of the receiver. */
export function isSuspect({ slowToReceive, slowToGive, failed }: Seat): boolean {
  return slowToReceive > 0 || slowToGive > 1 || failed.size > 1;
}

export function mayFeed({ failed }: Seat): boolean {
  return failed.size < MOST_FAILED;
}

/** Whether the other member joined that much later and holds less. */
export function isLate(other: Seat, own: Seat): boolean {
  return other.joinedMs - own.joinedMs > LATE_MS && other.bytes < own.bytes;
}

/** Negative if a comes before b: suspects last, otherwise the member that holds most first. */
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
