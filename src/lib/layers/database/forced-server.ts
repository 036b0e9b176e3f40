import type { Generation } from '../../guard/generation.js';
import type { GtidState } from './gtid.js';

/** What a forced change of roles does to a server beside DatabaseServer; the same holds for its commands. */
export interface ForcedServer {
  /**
   * Ends the server at once and starts it read-only, also after every later restart. Nothing that waits for a replica is
   * committed or acknowledged by it. `stopped`: it is ended, and does not start.
   */
  fence(as: Generation, withinMs: number): Promise<'read-only' | 'stopped'>;
  /** Takes the file of the fence away; `kept`: without it the server would take writes after a restart. */
  unfence(as: Generation): Promise<'removed' | 'none' | 'kept'>;
  /** Goes on to apply what it has received. Only while it receives: else what it has received is deleted. */
  startApplying(as: Generation): Promise<void>;
  /** Receives no more; goes on to apply. */
  stopReceiving(as: Generation): Promise<void>;
  /** It takes writes, and its commits wait for no replica, as it has none. */
  takeWritesAlone(as: Generation): Promise<void>;
  /** Writes what its log has behind a position to a file of this name on its host. */
  archive(as: Generation, name: string, behind: string): Promise<Archive>;
}

/** A file that only root may read. */
export interface Archive {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The threads by which a server replicates from another one. */
export interface ReplicationThreads {
  /** A thread that looks for its source, which may be gone, is up, too. */
  readonly receiver: 'up' | 'down';
  readonly applier: 'up' | 'down';
  /** Transactions up to here have arrived. */
  readonly received: GtidState;
  readonly error: string;
}

/** Whether a server can be fenced, and how its commits wait for a replica. */
export interface FenceLook {
  readonly path: string;
  /** `foreign`: a file of this name that is not ours. */
  readonly file: 'none' | 'ours' | 'foreign';
  readonly hasUnit: boolean;
  /** Undefined: the server did not say. */
  readonly waits: CommitWaits | undefined;
}

export interface CommitWaits {
  readonly isEnabled: boolean;
  /** Before the transaction is committed, so that nobody has seen what is not at the replica. */
  readonly beforeCommit: boolean;
  /** Until it gives up. */
  readonly timeoutMs: number;
}
