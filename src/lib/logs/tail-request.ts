import type { ReadConnections } from '../ssh/transport.js';
import type { LogLine } from './log-stream.js';
import type { Merge } from './merge.js';
import type { LogFilter } from './sources.js';
import type { StampReader } from './times/stamp.js';

export interface TailRequest {
  readonly filter: LogFilter;
  /** Last lines of each file to begin with, before any filter. */
  readonly lastLines: number;
  /** Begin at this time instead, in milliseconds since the epoch. */
  readonly sinceMs: number | undefined;
  /** False: end when every host was read to its end. */
  readonly follow: boolean;
  /** Lines a second of one host; what goes over it is dropped and counted. */
  readonly maxRate: number;
  readonly windowMs: number;
  /** A reader of times for one log; called once for each, as readers learn. */
  readonly stamps: () => StampReader;
}

/** What the tail of one host tells beside its lines. */
export interface TailEvents {
  notice(host: string, message: string): void;
  dropped(host: string, lines: number): void;
}

export interface HostTailTools {
  readonly connections: ReadConnections;
  readonly merge: Merge<LogLine>;
  readonly events: TailEvents;
  readonly signal: AbortSignal;
}

/** How the tail of a host ended, where it ends: read to its end, or not at all. */
export type TailEnd = 'read' | 'failed' | 'unreachable';
