import type { GtidState } from './gtid.js';

/** A database server, as it reports itself. */
export interface MemberState {
  readonly version: string;
  readonly serverId: string;
  readonly takesWrites: boolean;
  /** What it has committed or applied, as far as its log goes back: a server made from a backup does not know the rest. */
  readonly gtids: GtidState;
  /** The last transaction of each domain. Who has it has all that came before it in this server's log. */
  readonly position: GtidState;
  readonly semiSync: {
    /** Commits wait for a replica, unless none was there in time. */
    readonly isEnabled: boolean;
    /** Commits do wait now. */
    readonly isActive: boolean;
    readonly replicas: number;
  };
  /** What it replicates from; empty for a primary. */
  readonly sources: readonly ReplicationSource[];
  readonly clients: readonly ClientSessions[];
}

export interface ReplicationSource {
  /** The server_id that it gave; empty while it was never reached. */
  readonly serverId: string;
  /** As the replica was told: an address or a name. */
  readonly address: string;
  readonly port: number;
  readonly receives: boolean;
  readonly applies: boolean;
  /** Null: unknown, as while it does not apply. */
  readonly secondsBehind: number | null;
  /** Transactions up to here have arrived; they need not be applied. */
  readonly received: GtidState;
  /** The errors of its threads, empty if none. */
  readonly error: string;
}

export interface ClientSessions {
  readonly user: string;
  /** `localhost` for a client on the host. */
  readonly address: string;
  readonly sessions: number;
}
