import type { ReadConnections } from '../ssh/transport.js';
import type { LogLine } from './log-stream.js';
import type { Merge } from './merge.js';
import type { LogFilter } from './sources.js';
import type { StampReader } from './times/stamp.js';

export interface TailRequest {
  readonly filter: LogFilter;
  /** How many last lines of each file to begin with, before any filter. */
  readonly lastLines: number;
  /** Begin at this time instead, in milliseconds since the epoch. */
  readonly sinceMs: number | undefined;
  /** False: end when every host was read to its end. */
  readonly follow: boolean;
  /** Lines a second of one host; lines above that are dropped and counted. */
  readonly maxRate: number;
  readonly windowMs: number;
  /** Makes a reader of times; called once for each log, because readers learn. */
  readonly stamps: () => StampReader;
}

/** What the tail of one host reports besides its lines. */
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

/** How the tail of a host ended, if it did: read to its end, or failed. */
export type TailEnd = 'read' | 'failed' | 'unreachable';
