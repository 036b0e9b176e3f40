import type { ReadSession, Session } from '../../ssh/transport.js';
import type { Backend, Balancer, BalancerAdapter, Capability, ReadBalancer } from './balancer.js';
import { haproxyAdapter } from './haproxy/adapter.js';

/** The only list of balancer products. Their names stand before the colon of a control address. */
const ADAPTERS = { haproxy: haproxyAdapter } satisfies Readonly<Record<string, BalancerAdapter>>;

/** Plans of versions that knew only one product have no product name there. */
const UNNAMED: keyof typeof ADAPTERS = 'haproxy';

/** A backend of a balancer, and the session to reach it. */
interface Way<S extends ReadSession> {
  readonly session: S;
  readonly backend: Backend;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The balancer behind a session, for one of its backends.
 * @throws an Error for an unknown product
 */
export function openBalancer({ session, backend, signal }: Way<Session>): Balancer {
  const { adapter, address } = adapterOf(backend.control);
  return adapter.open({ session, backend, address, signal });
}

/**
 * The same, read only.
 * @throws like openBalancer()
 */
export function lookAtBalancer({ session, backend, signal }: Way<ReadSession>): ReadBalancer {
  const { adapter, address } = adapterOf(backend.control);
  return adapter.look({ session, backend, address, signal });
}

/**
 * The capabilities of the balancers behind a control address.
 * @throws like openBalancer()
 */
export function capabilitiesAt(control: string): ReadonlySet<Capability> {
  return adapterOf(control).adapter.can;
}

/** `haproxy:/run/haproxy/admin.sock`; a path without a product is from an older plan. */
function adapterOf(control: string): { readonly adapter: BalancerAdapter; readonly address: string } {
  const told = /^([a-z][a-z0-9-]*):(.*)$/is.exec(control);
  const [kind, address] = told ? [told[1] ?? '', told[2] ?? ''] : [UNNAMED, control];
  if (address === '' || !Object.hasOwn(ADAPTERS, kind))
    throw new Error(`no balancer is known at ${JSON.stringify(control)}`);
  return { adapter: ADAPTERS[kind as keyof typeof ADAPTERS], address };
}
