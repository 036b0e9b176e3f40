import type { ReadSession, Session } from '../../ssh/transport.js';
import type { BalancerServer } from './balancer-servers.js';
import type { ServerState, ServerStatistics } from './server-state.js';

/** A backend, the balancer host that has it, and the address there that takes commands for it. */
export type Backend = Pick<BalancerServer, 'balancer' | 'control' | 'backend'>;

/**
 * What a balancer can do beyond the minimum: list its servers, and join, drain and shut one. Code that needs more asks for
 * the capability, never for the product. test/contract/balancer-contract.ts tests each declared capability.
 *
 * - `enrol-before-join`: it can know a server, and check its health, without sending it requests yet
 * - `own-health-checks`: it checks the health of servers itself, and sends no requests to a server that is down
 * - `counts-open-requests`: it reports how many requests a server still has
 * - `statistics`: it counts the requests of each server
 * - `several-backends`: it reports all its backends at once
 */
export type Capability =
  | 'enrol-before-join'
  | 'own-health-checks'
  | 'counts-open-requests'
  | 'statistics'
  | 'several-backends';

/** How a server would be added: what an operator should know of it, or why it cannot be added. */
export type JoinTerms = { readonly notes: readonly string[] } | { readonly refusal: string };

export interface JoinOutcome {
  readonly changed: boolean;
  /** Why it stays out, if it does. */
  readonly message: string;
}

export interface OpenRequests {
  readonly sessions: number;
  /** A process that a reload replaced still handles requests, and cannot tell which servers they belong to. */
  readonly isOldThere: boolean;
}

/**
 * One backend of one balancer, connected and read only. Every method throws StepFailure of the balancer if it gives no answer
 * or an invalid one, and HostError if it cannot be reached.
 */
export interface ReadBalancer {
  readonly backend: Backend;
  readonly can: ReadonlySet<Capability>;

  /** Checks that it accepts commands from kuafu, before anything is changed. */
  requireControl(): Promise<void>;
  /** The servers of the backend, in their order. */
  readServers(): Promise<readonly ServerState[]>;
  /** The servers of every backend, by backend name; with `several-backends`. */
  readAllServers(): Promise<ReadonlyMap<string, readonly ServerState[]>>;
  /** By the names of the servers; with `statistics`. */
  readStatistics(): Promise<ReadonlyMap<string, ServerStatistics>>;
  /**
   * The requests that a server still has; with `counts-open-requests`. `replacedWithinMs`: requests of a process that was
   * replaced longer ago have ended.
   */
  readOpenRequests(server: BalancerServer, replacedWithinMs: number): Promise<OpenRequests>;
  /** How a server would be added at this place; nothing is changed. */
  readJoinTerms(server: BalancerServer): Promise<JoinTerms>;
}

/**
 * The same, with commands. Each change is idempotent, applies to the servers with the address and port of the given place,
 * and keeps what other operators or tools did to them.
 */
export interface Balancer extends ReadBalancer {
  /**
   * Adds a server, drained: its health is checked and it gets no requests; with `enrol-before-join`. A server that is there
   * and gets requests stays as it is. A server that was taken out before is drained as well. Returns whether anything was
   * changed.
   */
  enrol(server: BalancerServer): Promise<boolean>;
  /**
   * Lets a server get requests, once the balancer itself has seen it healthy; an unknown server is added. `back`: the server
   * left for a while, and was healthy before.
   */
  join(server: BalancerServer, intent: 'in' | 'back'): Promise<JoinOutcome>;
  /** Stops new requests to a server; it stays in its backend. Returns whether it could get any until now. */
  drain(server: BalancerServer): Promise<boolean>;
  /** Stops requests of persistent sessions too, for a drained server; for a short time, such as a stop takes. */
  close(server: BalancerServer): Promise<void>;
  /** The same without a time limit: for maintenance. */
  shut(server: BalancerServer): Promise<void>;
  /**
   * Afterwards the server is drained again, and its health is checked again if the balancer does checks. Throws if no check
   * passes.
   */
  reopen(server: BalancerServer): Promise<void>;
  /** Removes a drained server from the balancer: requests that are still open are cut. */
  remove(server: BalancerServer): Promise<void>;
}

/** What an adapter needs to reach a backend. */
export interface Reached<S extends ReadSession = Session> {
  readonly session: S;
  readonly backend: Backend;
  /** The address on the balancer's host that takes commands, in the form of the product. */
  readonly address: string;
  readonly signal?: AbortSignal | undefined;
}

/** A product that balances requests. */
export interface BalancerAdapter {
  readonly can: ReadonlySet<Capability>;
  /** For reading. */
  look(reached: Reached<ReadSession>): ReadBalancer;
  /** For reading and commands. */
  open(reached: Reached): Balancer;
}
