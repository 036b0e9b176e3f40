import type { Balancer, Capability } from '../../src/lib/layers/http/balancer.js';
import type { BalancerServer } from '../../src/lib/layers/http/balancer-servers.js';
import { readOwn } from '../../src/lib/layers/http/drained.js';
import type { ServerState } from '../../src/lib/layers/http/server-state.js';

/** A host behind a balancer, and what the balancer is to call it. */
export interface Behind {
  readonly name: string;
  readonly address: string;
}

/**
 * A balancer with hosts behind it, as an adapter's tests have it. What others do there, and what users see, goes by the
 * product's own tools and by requests, never by the adapter.
 */
export interface BalancerWorld {
  readonly can: ReadonlySet<Capability>;
  /** The application answers on both. */
  readonly one: Behind;
  readonly two: Behind;
  /** Nobody listens at its address. */
  readonly silent: Behind;
  /** How long a test looks for what must not happen. */
  readonly patienceMs: number;
  /** Starts it with a backend `shop` that has these servers, and with others, each in traffic. */
  start(shop: readonly Behind[], others?: Readonly<Record<string, readonly Behind[]>>): Promise<void>;
  stop(): Promise<void>;
  open(over?: { readonly signal?: AbortSignal; readonly backend?: string }): Balancer;
  /** What somebody else does to a server of `shop`. */
  set(server: string, order: ServerState['order']): Promise<void>;
  /** The address of the host that answers a user who asks now. */
  answer(): Promise<string>;
  /** A user's request that takes so long; resolves once it has been sent, with its end. */
  askSlowly(ms: number): Promise<{ readonly ended: Promise<unknown> }>;
}

/** The place of a host in `shop`, as a step has it. */
export function placeOf({ name, address }: Behind, { backend }: Balancer): BalancerServer {
  return { ...backend, name, address, port: 8080 };
}

/** The host's servers of the backend now. */
export async function own(balancer: Balancer, behind: Behind): Promise<readonly ServerState[]> {
  return await readOwn(balancer, placeOf(behind, balancer));
}

/** Addresses that answered users, of so many requests. */
export async function answers(world: BalancerWorld, count = 8): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let asked = 0; asked < count; asked++) found.add(await world.answer());
  return found;
}

/** The same host under another name. */
export function named(behind: Behind, name: string): Behind {
  return { ...behind, name };
}
