import type { ReadSession, Session } from '../../ssh/transport.js';
import type { BalancerServer } from './balancer-servers.js';
import type { ServerState, ServerStatistics } from './server-state.js';

/** A backend, the balancer host that has it, and where that host takes commands for it. */
export type Backend = Pick<BalancerServer, 'balancer' | 'control' | 'backend'>;

/**
 * What a balancer can beyond the least, which is to name its servers, to let one in, to drain it and to shut it. Who needs
 * more asks for the capability, never for the product; test/contract/balancer-contract.ts holds each that is declared.
 *
 * - `enrol-before-join`: it knows a server, and checks its health, that gets no request yet
 * - `own-health-checks`: it asks servers for their health by itself, and sends nobody to one that is down
 * - `counts-open-requests`: it tells how many requests a server still has
 * - `statistics`: it counts the requests of each server
 * - `several-backends`: it tells of all its backends at once
 */
export type Capability =
  | 'enrol-before-join'
  | 'own-health-checks'
  | 'counts-open-requests'
  | 'statistics'
  | 'several-backends';

/** How a server would be added: what a reader should know of it, or why it cannot be. */
export type JoinTerms = { readonly notes: readonly string[] } | { readonly refusal: string };

export interface JoinOutcome {
  readonly changed: boolean;
  /** Why it stays out, where it does. */
  readonly message: string;
}

export interface OpenRequests {
  readonly sessions: number;
  /** A process that a reload replaced still ends requests of which nobody knows whose they are. */
  readonly isOldThere: boolean;
}

/**
 * One backend of one balancer, reached and ready to be asked; nothing of it is changed.
 * Everything throws StepFailure of the balancer where it gives no answer or another one than it should, and HostError where
 * it is not reached.
 */
export interface ReadBalancer {
  readonly backend: Backend;
  readonly can: ReadonlySet<Capability>;

  /** Holds that it takes commands from us, before anything is begun. */
  requireControl(): Promise<void>;
  /** The servers of the backend, in their order. */
  readServers(): Promise<readonly ServerState[]>;
  /** The servers of every backend, by its name; with `several-backends`. */
  readAllServers(): Promise<ReadonlyMap<string, readonly ServerState[]>>;
  /** By the names of the servers; with `statistics`. */
  readStatistics(): Promise<ReadonlyMap<string, ServerStatistics>>;
  /**
   * What a server still has to do; with `counts-open-requests`.
   * `replacedWithinMs`: requests of a process that was replaced longer ago have ended.
   */
  readOpenRequests(server: BalancerServer, replacedWithinMs: number): Promise<OpenRequests>;
  /** How a server would be added at this place; nothing is changed. */
  readJoinTerms(server: BalancerServer): Promise<JoinTerms>;
}

/**
 * The same, which takes commands, too. What changes anything is idempotent, is about the servers that have the address and port
 * of the place it is given, and leaves alone what somebody else did to them.
 */
export interface Balancer extends ReadBalancer {
  /**
   * Makes a server known, drained: its health is checked and it gets no request; with `enrol-before-join`. One that is there
   * and gets requests stays as it is; whom somebody had taken out before is drained as well. Returns whether anything was
   * changed.
   */
  enrol(server: BalancerServer): Promise<boolean>;
  /**
   * Lets a server have requests, once the balancer itself has seen it healthy; it is added where it is not known yet.
   * `back`: it left for a while, and was healthy before.
   */
  join(server: BalancerServer, intent: 'in' | 'back'): Promise<JoinOutcome>;
  /** Gives a server no new requests; it stays in its backend. Returns whether it had any until now. */
  drain(server: BalancerServer): Promise<boolean>;
  /** Sends whoever persists elsewhere as well, from a server that is drained; for a short while, such as a stop takes. */
  close(server: BalancerServer): Promise<void>;
  /** The same for as long as it takes: maintenance. */
  shut(server: BalancerServer): Promise<void>;
  /** Drained again after that, and its health checked anew where the balancer does. Throws where no check passes. */
  reopen(server: BalancerServer): Promise<void>;
  /** Forgets a server that has been drained: what still goes on there is cut. */
  remove(server: BalancerServer): Promise<void>;
}

/** What an adapter needs to reach a backend. */
export interface Reached<S extends ReadSession = Session> {
  readonly session: S;
  readonly backend: Backend;
  /** Where the balancer's host takes commands, in the words of the product. */
  readonly address: string;
  readonly signal?: AbortSignal | undefined;
}

/** A product that carries requests. */
export interface BalancerAdapter {
  readonly can: ReadonlySet<Capability>;
  /** To ask. */
  look(reached: Reached<ReadSession>): ReadBalancer;
  /** To ask and to command. */
  open(reached: Reached): Balancer;
}
