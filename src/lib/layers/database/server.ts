import type { DeviceState, Generation } from '../../guard/generation.js';
import type { ReplicationOptions } from './member-details.js';

/** Where a server shall replicate from, and as whom. */
export interface Replication {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly options: ReplicationOptions;
}

/**
 * One server of a database, with commands. Each is idempotent, and has an effect only while its host is at this generation.
 * Every method throws StepFailure of the server when it refuses or fails, and HostError if its host cannot be reached.
 */
export interface DatabaseServer {
  readonly host: string;
  /** Which operation may change it. */
  state(): Promise<DeviceState>;
  /**
   * `from`: the generation that it must be at; `any`: any older one, for a way back. Once this has returned no command of an
   * older generation has an effect.
   */
  claim(from: Generation | 'any', to: DeviceState): Promise<void>;
  /** Lets another operation claim it. */
  close(state: DeviceState): Promise<void>;
  /** Makes ready for changes at this generation, so that each of them is quick. */
  hold(as: Generation): Promise<void>;
  /** It takes no writes. A statement that hangs is ended after this time, and has no effect later. */
  stopWrites(as: Generation, withinMs: number): Promise<'done' | 'hung'>;
  takeWrites(as: Generation): Promise<void>;
  /** It replicates from nobody any more, and forgets what it has received and not applied. */
  stopReplicating(as: Generation): Promise<void>;
  /** It replicates from there by GTID, from what it has itself. Its own commits wait for no replica any more. */
  replicateFrom(as: Generation, source: Replication): Promise<void>;
  /** Its commits wait for a replica. */
  waitForReplica(as: Generation): Promise<void>;
}
