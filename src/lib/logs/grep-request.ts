import type { ReadConnections } from '../ssh/transport.js';
import type { LogLine } from './log-stream.js';
import type { Merge } from './merge.js';
import type { LogFilter } from './sources.js';
import type { LineSink } from './tail.js';
import type { StampReader } from './times/stamp.js';

export interface GrepRequest {
  readonly filter: LogFilter;
  /** Lines around each match. */
  readonly context: number;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly stamps: () => StampReader;
  /** How many hosts search at once. */
  readonly forks: number;
}

export interface GrepTools {
  readonly connections: ReadConnections;
  readonly notice: (host: string, message: string) => void;
  readonly sink: LineSink;
  readonly signal: AbortSignal;
}

export interface HostGrepTools extends GrepTools {
  readonly merge: Merge<LogLine>;
  /** Called when the host was reached and its search has begun. */
  readonly onHeard: (host: string) => void;
}

/** `failed`: the host was reached, but not all of its logs could be searched. */
export type SearchEnd = 'searched' | 'failed' | 'unreachable';
