import type { Host } from '../names/host.js';
import type { Plan } from '../plan/plan.js';
import type { OperationState, RunEvent } from '../record/events.js';
import type { Tally } from '../record/tally.js';

/** Who runs an operation, and how it can be told whether that process still lives. */
export interface Owner {
  /** Login name of the person, or of the account that cron runs as. */
  readonly operator: string;
  readonly launched: 'terminal' | 'cron' | 'ci' | 'other';
  readonly machine: string;
  readonly pid: number;
  /** `BOOT-ID/PID-NAMESPACE/START-TICKS`, see owner.ts; empty where there is no /proc. */
  readonly processStart: string;
}

/**
 * `closed`: a person gave it up for good, whatever it was before; the message says what. `undone`: a gate stayed shut and it
 * was taken back, or another operation took it back.
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
  /** Who runs it, or ran it last. */
  readonly owner: Owner;
  /** Whether somebody went on with it after an interruption or a failure. */
  readonly resumed: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Time in which somebody worked on it, in milliseconds, pauses before a resume left out; null where its owner is gone. */
  readonly workedMs: number | null;
  readonly message: string;
  /** The operation that took it back (`kuafu scale --undo`). */
  readonly undoneBy: string | null;
  /** True when the state is `running` but its owner is gone. */
  readonly crashed: boolean;
  /** True when takeOver() can go on with it: crashed, failed or interrupted, and not closed for good. */
  readonly resumable: boolean;
}

export interface OperationRecord extends OperationSummary {
  readonly plan: Plan;
  /** sha256 of the canonical JSON of the plan as it was made. */
  readonly checksum: string;
  /** Whether the plan in the ledger has that sum still. */
  readonly isAsMade: boolean;
  readonly events: readonly RunEvent[];
}

/** `crashed` stands for `running` where the owner is gone. */
export type ShownState = RecordedState | 'crashed';

export interface OperationFilter {
  /** Who began it. */
  readonly operator?: string;
  /** How it was begun; or that somebody went on with it. */
  readonly launched?: Owner['launched'] | 'resumed';
  readonly kind?: string;
  readonly state?: ShownState;
  readonly app?: string;
  readonly room?: string;
  /** Those that any of these hosts was in. */
  readonly hosts?: readonly string[];
  /** When it began, in ISO 8601, UTC: not before, and before. */
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
}

/** What statistics are made of. */
export interface TalliedOperation extends Pick<OperationSummary, 'id' | 'kind' | 'app' | 'room'> {
  /** How it ended, also where it was closed after that. */
  readonly state: OperationState;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly tally: Tally;
}

/** A spare host that is not free. A spare without a row is free. */
export interface TakenSpare {
  readonly host: string;
  readonly room: string;
  readonly state: 'reserved' | 'assigned' | 'unfit';
  readonly app: string;
  readonly group: string;
  /** Empty when somebody reserved it by hand. */
  readonly operation: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** By whom and until when (ISO 8601, UTC) it is reserved by hand; app, group and operation are empty then. */
  readonly byHand?: { readonly operator: string; readonly until: string };
}

/** A host that a person has taken out of the traffic of an application, until it is made ready. */
export interface KeptOut {
  readonly host: string;
  readonly app: string;
  readonly operator: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly operation: string;
}

/** Spares that somebody wants to keep by hand. */
export interface ReservationRequest {
  /** Which spares may be taken, in the order of preference. */
  readonly candidates: readonly Pick<Host, 'name' | 'room'>[];
  /** How many of them; all of them are meant where it is their number. */
  readonly count: number;
  readonly operator: string;
  readonly note: string;
  readonly forMs: number;
}

/** A reservation by hand that was released before its time, so that its owner can be told. */
export interface ReleasedReservation {
  readonly host: string;
  readonly room: string;
  readonly operator: string;
  /** ISO 8601, UTC. */
  readonly until: string;
  readonly releasedBy: string;
  readonly releasedAt: string;
}

/** What anybody asks of whoever runs an operation. */
export interface NewSignal {
  /** `stop`, `heal`, or the answer to a question, such as `go`. */
  readonly word: string;
  /** The step whose question it answers; empty: none. */
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
 * The record of all operations: append-only events, locks as leases, and who has which spare host.
 * Several processes use one ledger at once. Every write is on disk when its promise resolves.
 * Writes for an operation are taken from the process that opened it or took it over, and from no other.
 *
 * @throws LeaseLostError from every write for an operation that somebody else has taken over or closed
 */
export interface Ledger {
  /**
   * Opens an operation: record, locks, claims and hosts that it takes over in one transaction, or nothing at all.
   * @throws RefusedError when a lock is held (by whom, since when, which operation), a host is no longer free or no longer
   * the earlier operation's, or that one runs
   */
  open(plan: Plan, owner: Owner): Promise<string>;
  /**
   * Takes an operation over to go on with it. The old owner must be gone: its process is dead (same machine) or its lease has ended.
   * `rehearsal`: the same answer, and nothing changes.
   * @throws RefusedError when its plan is not what it was made as, it is finished as done, still runs, or its locks were taken by another operation; UsageError when it is not known
   */
  takeOver(idOrPrefix: string, owner: Owner, rehearsal?: boolean): Promise<OperationRecord>;
  /**
   * Leaves word for whoever runs the operation, or will go on with it. Anybody may; only the owner writes events.
   * @throws RefusedError when it is over; UsageError when it is not known, or what is left is no word
   */
  signal(idOrPrefix: string, signal: NewSignal, by: string): Promise<void>;
  /** Those that were left after the one of that number, in order. */
  signals(operation: string, after: number): Promise<readonly Signal[]>;
  /** Appends one event; concurrent calls share a transaction (group commit). */
  append(operation: string, event: RunEvent): Promise<void>;
  /** Renews the lease. False when it was lost to another owner: then the caller must stop. */
  heartbeat(operation: string, owner: Owner): Promise<boolean>;
  /**
   * Closes the record and releases the locks. Reserved hosts stay reserved after `failed` and `interrupted`, for the resume;
   * after `done` and `undone` those that are left go back to the pool.
   */
  finish(operation: string, state: Exclude<OperationState, 'running'>, message: string): Promise<void>;

  /**
   * Gives an operation up for good: its locks and reserved hosts are free, and it can no longer be resumed. Hosts on which
   * a service may run or that may be in traffic become unfit instead; hosts that serve and were taken over go back to the
   * operation they came from. Its state is `closed` from then on.
   * A rehearsal checks and returns the same, and changes nothing.
   * @throws RefusedError when it still runs or has nothing to give up; UsageError when it is not known
   */
  giveUp(idOrPrefix: string, by: Owner, rehearsal?: boolean): Promise<GivenUp>;

  list(filter: OperationFilter): Promise<readonly OperationSummary[]>;
  /** Operations with what statistics need of them, oldest first. The filter may not name `running` or `crashed`. */
  tallies(filter: OperationFilter): Promise<readonly TalliedOperation[]>;
  /** @throws UsageError when no operation, or more than one, has this id or prefix */
  show(idOrPrefix: string): Promise<OperationRecord>;

  takenSpares(): Promise<readonly TakenSpare[]>;
  /** Reserves one more spare for a running operation. False when somebody else has it. Repeating it changes nothing. */
  claim(host: string, room: string, operation: string): Promise<boolean>;
  setUnfit(host: string, operation: string, reason: string): Promise<void>;
  assign(host: string, operation: string, app: string, group: string): Promise<void>;
  /** Back to the pool: every `reserved` row of the operation, or one host whatever its state; nobody keeps that out any more. */
  release(operation: string, host?: string): Promise<void>;
  /** Hosts that are kept out of traffic, in no order. */
  keptOut(): Promise<readonly KeptOut[]>;
  /** From here on the host is kept out, or no longer. Repeating it changes nothing. */
  setKeptOut(host: string, app: string, operation: string, wanted: 'out' | 'in'): Promise<void>;
  /**
   * Keeps spares from every operation until the time is over or they are released. Those that the same operator keeps
   * already, and that are named, get the new time and note. All or none; a rehearsal changes nothing.
   * @throws RefusedError when too few are free, or one that is named is not
   */
  reserve(request: ReservationRequest, rehearsal?: boolean): Promise<readonly TakenSpare[]>;
  /** Reservations by hand that were released and whose time is not over. */
  releasedReservations(): Promise<readonly ReleasedReservation[]>;
  /**
   * Puts hosts back into the pool by hand, all of them or none; returns the rows they had, which those that are free
   * already have not. A rehearsal changes nothing.
   * @param by who does it; kept where the reservation was somebody else's
   * @throws RefusedError when one is assigned, or its operation runs or can be resumed
   */
  putBack(hosts: readonly string[], by: string, rehearsal?: boolean): Promise<readonly TakenSpare[]>;

  close(): Promise<void>;
}

/** How long a lock outlives its last heartbeat, and how often it is renewed, in milliseconds. */
export const LEASE_MS = 30_000;
export const HEARTBEAT_MS = 8_000;
