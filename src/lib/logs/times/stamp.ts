/** The time of a line, and its position in the line. */
export interface Stamp {
  /** Milliseconds since the epoch, with fractions. */
  readonly at: number;
  /** Begin and end, in characters; both 0 when the time is not one piece that could be cut off. */
  readonly start: number;
  readonly end: number;
}

/** The values that a time without zone or year needs. */
export interface ClockContext {
  /** How many minutes the host's zone is ahead of UTC. */
  readonly zoneMinutes: number;
  /** The host's clock, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Finds the time of a line; undefined: it has none, so it belongs to the line before it. */
export type StampReader = (line: string, context: ClockContext) => Stamp | undefined;
