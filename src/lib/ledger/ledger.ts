import type { Host } from '../names/host.js';
import type { Plan } from '../plan/plan.js';
import type { OperationState, RunEvent } from '../record/events.js';
import type { Tally } from '../record/tally.js';

/** The operator and the process that run an operation, and how to tell whether the process still lives. */
export interface Owner {
  /** Login name of the person, or of the account that cron runs as. */
  readonly operator: string;
  readonly launched: 'terminal' | 'cron' | 'ci' | 'other';
  readonly machine: string;
  readonly pid: number;
  /** `BOOT-ID/PID-NAMESPACE/START-TICKS`, see owner.ts; empty when there is no /proc. */
  readonly processStart: string;
}

/**
 * `closed`: an operator gave it up for good, in whatever state it was; the message tells the state. `undone`: it was taken back,
 * because a stage did not pass that every lane must pass, or by another operation.
 */
export type RecordedState = OperationState | 'closed';

export interface OperationSummary {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly app: string;
  readonly group: string;
  readonly room: string;
  readonly state: RecordedState;
  /** The owner that runs it, or ran it last. */
  readonly owner: Owner;
  /** Whether it was resumed after an interruption or a failure. */
  readonly resumed: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** The time in which a process ran it, in milliseconds, without pauses before a resume; null when its owner is gone. */
  readonly workedMs: number | null;
  readonly message: string;
  /** The operation that undid it (`kuafu scale --undo`). */
  readonly undoneBy: string | null;
  /** True when the state is `running` but its owner is gone. */
  readonly crashed: boolean;
  /** True when takeOver() can resume it: it crashed, failed or was interrupted, and is not closed for good. */
  readonly resumable: boolean;
}

export interface OperationRecord extends OperationSummary {
  readonly plan: Plan;
  /** sha256 of the canonical JSON of the plan as it was made. */
  readonly checksum: string;
  /** Whether the plan in the ledger still has that checksum. */
  readonly isAsMade: boolean;
  readonly events: readonly RunEvent[];
}

/** `crashed` replaces `running` when the owner is gone. */
export type ShownState = RecordedState | 'crashed';

export interface OperationFilter {
  /** The operator who began it. */
  readonly operator?: string;
  /** How it was begun; or `resumed`: it was resumed. */
  readonly launched?: Owner['launched'] | 'resumed';
  readonly kind?: string;
  readonly state?: ShownState;
  readonly app?: string;
  readonly room?: string;
  /** Operations that any of these hosts was in. */
  readonly hosts?: readonly string[];
  /** When it began, in ISO 8601, UTC: not before `since`, and before `until`. */
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
}

/** What statistics are made of. */
export interface TalliedOperation extends Pick<OperationSummary, 'id' | 'kind' | 'app' | 'room'> {
  /** How it ended, even if it was closed after that. */
  readonly state: OperationState;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly tally: Tally;
}

/** A spare host that is not free. A spare host without a row is free. */
export interface TakenSpare {
  readonly host: string;
  readonly room: string;
  readonly state: 'reserved' | 'assigned' | 'unfit';
  readonly app: string;
  readonly group: string;
  /** Empty when an operator reserved it by hand. */
  readonly operation: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** The operator who reserved it by hand, and until when (ISO 8601, UTC); app, group and operation are empty then. */
  readonly byHand?: { readonly operator: string; readonly until: string };
}

/** A host that an operator keeps out of the traffic of an application, until it is made ready. */
export interface KeptOut {
  readonly host: string;
  readonly app: string;
  readonly operator: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly operation: string;
}

/** Spare hosts that an operator wants to reserve by hand. */
export interface ReservationRequest {
  /** The spare hosts that may be taken, in the order of preference. */
  readonly candidates: readonly Pick<Host, 'name' | 'room'>[];
  /** How many of them to take; if it is their number, all of them are meant. */
  readonly count: number;
  readonly operator: string;
  readonly note: string;
  readonly forMs: number;
}

/** A reservation by hand that another operator released before its time, so that its owner can be told. */
export interface ReleasedReservation {
  readonly host: string;
  readonly room: string;
  readonly operator: string;
  /** ISO 8601, UTC. */
  readonly until: string;
  readonly releasedBy: string;
  readonly releasedAt: string;
}

/** A request of any operator to the process that runs an operation. */
export interface NewSignal {
  /** `stop`, `heal`, or the answer to a question, such as `go`. */
  readonly word: string;
  /** The step that asked the question; empty: the word is no answer. */
  readonly about: string;
}

export interface Signal extends NewSignal {
  readonly seq: number;
  readonly operator: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** An operation that was given up, and what became of the hosts that were reserved for it. */
export interface GivenUp {
  readonly operation: OperationSummary;
  readonly freed: readonly string[];
  readonly unfit: readonly string[];
}

/**
 * The record of all operations: append-only events, locks as leases, and which operation or operator has each spare host. Several
 * processes use one ledger at once. Every write is on disk when its promise resolves. Writes for an operation are accepted only
 * from the process that opened it or took it over.
 *
 * @throws LeaseLostError from every write for an operation that another process has taken over or closed
 */
export interface Ledger {
  /**
   * Opens an operation: record, locks, claims and the hosts that it takes over, in one transaction, or nothing at all.
   * @throws RefusedError when a lock is held (by which owner and operation, since when); when a host is not free; when the
   * earlier operation runs or no longer has a host
   */
  open(plan: Plan, owner: Owner): Promise<string>;
  /**
   * Takes an operation over to resume it. The old owner must be gone: its process is dead (same machine) or its lease has ended.
   * `rehearsal`: the answer is the same, and nothing changes.
   * @throws RefusedError when its plan does not have its checksum, it is done or still runs, or its locks were taken by another
   * operation; UsageError when the id is not known
   */
  takeOver(idOrPrefix: string, owner: Owner, rehearsal?: boolean): Promise<OperationRecord>;
  /**
   * Leaves a signal for the process that runs the operation, or that will resume it. Any operator may leave one; only the owner
   * writes events. A rehearsal only refuses what would be refused.
   * @throws RefusedError when the operation is over; UsageError when the id is not known, or the word is invalid
   */
  signal(idOrPrefix: string, signal: NewSignal, by: string, rehearsal?: boolean): Promise<void>;
  /** The signals with a higher number than `after`, in order. */
  signals(operation: string, after: number): Promise<readonly Signal[]>;
  /** Appends one event; concurrent calls share a transaction (group commit). */
  append(operation: string, event: RunEvent): Promise<void>;
  /** Renews the lease. False when another owner has it: then the caller must stop. */
  heartbeat(operation: string, owner: Owner): Promise<boolean>;
  /**
   * Closes the record and releases the locks. After `failed` and `interrupted`, reserved hosts stay reserved, for a resume; after
   * `done` and `undone`, hosts that are still reserved go back to the pool.
   */
  finish(operation: string, state: Exclude<OperationState, 'running'>, message: string): Promise<void>;

  /**
   * Gives an operation up for good: its locks and reserved hosts are free, and it can no longer be resumed. A host on which a
   * service may run, or that may be in traffic, becomes unfit instead. Hosts that serve and were taken over go back to the
   * operation that they came from. The state of the operation is `closed` from then on. A rehearsal checks and returns the same,
   * and changes nothing.
   * @throws RefusedError when it still runs or has nothing to give up; UsageError when the id is not known
   */
  giveUp(idOrPrefix: string, by: Owner, rehearsal?: boolean): Promise<GivenUp>;

  list(filter: OperationFilter): Promise<readonly OperationSummary[]>;
  /** Operations with what statistics need of them, oldest first. The filter may not name `running` or `crashed`. */
  tallies(filter: OperationFilter): Promise<readonly TalliedOperation[]>;
  /** @throws UsageError when no operation, or more than one, has this id or prefix */
  show(idOrPrefix: string): Promise<OperationRecord>;

  takenSpares(): Promise<readonly TakenSpare[]>;
  /** Reserves one more spare host for a running operation. False when it is not free. A second call changes nothing. */
  claim(host: string, room: string, operation: string): Promise<boolean>;
  setUnfit(host: string, operation: string, reason: string): Promise<void>;
  assign(host: string, operation: string, app: string, group: string): Promise<void>;
  /**
   * Returns hosts to the pool: every `reserved` row of the operation, or one host in any state. They are no longer kept out of
   * traffic.
   */
  release(operation: string, host?: string): Promise<void>;
  /** Hosts that are kept out of traffic, in no order. */
  keptOut(): Promise<readonly KeptOut[]>;
  /** Records that the host is kept out from now on, or no longer. A second call changes nothing. */
  setKeptOut(host: string, app: string, operation: string, wanted: 'out' | 'in'): Promise<void>;
  /**
   * Keeps spare hosts from every operation until the time is over or they are released. Named hosts that this operator keeps
   * already get the new time and note. All or none; a rehearsal changes nothing.
   * @throws RefusedError when too few hosts are free, or a named host is not free
   */
  reserve(request: ReservationRequest, rehearsal?: boolean): Promise<readonly TakenSpare[]>;
  /** Reservations by hand that another operator released and whose time is not over. */
  releasedReservations(): Promise<readonly ReleasedReservation[]>;
  /**
   * Puts hosts back into the pool by hand, all or none. Returns the rows that they had; a host that is free already had none. A
   * rehearsal changes nothing.
   * @param by the operator; recorded if another operator had made the reservation
   * @throws RefusedError when a host is assigned, or its operation runs or can be resumed
   */
  putBack(hosts: readonly string[], by: string, rehearsal?: boolean): Promise<readonly TakenSpare[]>;

  close(): Promise<void>;
}

/** How long a lock stays after its last heartbeat, and how often it is renewed, in milliseconds. */
export const LEASE_MS = 30_000;
export const HEARTBEAT_MS = 8_000;
