/** A member's place in a chain. */
export interface Seat {
  bytes: number;
  feeder: string | undefined;
  linkedMs: number;
  /** How often it was the receiver, or the feeder, of a link that held up others. */
  slowToReceive: number;
  slowToGive: number;
  /** Feeders that are not tried again: they could not log in on it, or were too slow for it. */
  readonly refused: Set<string>;
}

export function newSeat(): Seat {
  return {
    bytes: 0,
    feeder: undefined,
    linkedMs: 0,
    slowToReceive: 0,
    slowToGive: 0,
    refused: new Set(),
  };
}

/** One slow link as its feeder may be the receiver's fault. */
export function isSuspect({ slowToReceive, slowToGive }: Seat): boolean {
  return slowToReceive > 0 || slowToGive > 1;
}

/** Negative where a comes before b: who is under suspicion comes last, who holds most first. */
export function precedence(a: Seat, b: Seat): number {
  return Number(isSuspect(a)) - Number(isSuspect(b)) || b.bytes - a.bytes;
}
