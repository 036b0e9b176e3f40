/** When a line was written, and where in it that stands. */
export interface Stamp {
  /** Milliseconds since the epoch, with fractions. */
  readonly at: number;
  /** From where to where, in characters; twice 0 where it is not one piece that could be cut off. */
  readonly start: number;
  readonly end: number;
}

/** What a time without zone or year needs. */
export interface ClockContext {
  /** Minutes the host's zone is ahead of UTC. */
  readonly zoneMinutes: number;
  /** Its clock, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Finds the time of a line; undefined: it has none, so it belongs to the line before it. */
export type StampReader = (line: string, context: ClockContext) => Stamp | undefined;
