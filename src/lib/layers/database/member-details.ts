/** What a change of roles needs to know of a server beyond its state. */
export interface MemberDetails {
  /** It takes no writes after a restart: its own files say so. */
  readonly startsReadOnly: boolean;
  /** As a replica it acknowledges what it has received. */
  readonly acknowledges: boolean;
  /** What it applies as a replica is in its own log, so others can replicate from it. */
  readonly logsUpdates: boolean;
  readonly replication: readonly ReplicationSettings[];
  /** Clients with an old statement or transaction, the oldest first. */
  readonly busy: readonly BusySession[];
}

/** How a server was told to replicate. */
export interface ReplicationSettings {
  /** Of the connection; empty: the one without a name. */
  readonly name: string;
  readonly byGtid: boolean;
  readonly address: string;
  readonly port: number;
  readonly options: ReplicationOptions;
}

/** Options by their names in the statement that sets them; they are kept when the direction changes. */
export type ReplicationOptions = Readonly<Record<string, string | number>>;

export interface BusySession {
  readonly thread: string;
  readonly user: string;
  readonly address: string;
  readonly seconds: number;
  readonly inTransaction: boolean;
  /** Cut; empty: none runs now. */
  readonly statement: string;
}
