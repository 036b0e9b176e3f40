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
  slowToGive: number;
  /** Feeders that are not tried again: they gave it nothing, or were too slow for it. */
  readonly refused: Set<string>;
}

export function newSeat(joinedMs: number): Seat {
  return {
    joinedMs,
    bytes: 0,
    feeder: undefined,
    linkedMs: 0,
    linkedBytes: 0,
    slowToReceive: 0,
    slowToGive: 0,
    refused: new Set(),
  };
}

/** One slow link as its feeder may be the receiver's fault. */
export function isSuspect({ slowToReceive, slowToGive }: Seat): boolean {
  return slowToReceive > 0 || slowToGive > 1;
}

/** One that came so much later, and holds less. */
export function isLate(other: Seat, own: Seat): boolean {
  return other.joinedMs - own.joinedMs > LATE_MS && other.bytes < own.bytes;
}

/** Negative where a comes before b: who is under suspicion comes last, who holds most first. */
export function precedence(a: Seat, b: Seat): number {
  return Number(isSuspect(a)) - Number(isSuspect(b)) || b.bytes - a.bytes;
}
