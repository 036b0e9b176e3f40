import type { ReadSession } from '../../../ssh/transport.js';
import type { Balancer, BalancerAdapter, Capability, Reached, ReadBalancer } from '../balancer.js';
import { closeServer, drainServer, readOpenRequests, removeServer } from './drain.js';
import { enrolBackend, joinBackend, readJoinOptions } from './join.js';
import { checkAnew, shutServer } from './maintenance.js';
import { requireAdmin } from './runtime-socket.js';
import { readAllServers, readServers } from './servers.js';
import { readStatistics } from './statistics.js';

const CAN: ReadonlySet<Capability> = new Set<Capability>([
  'enrol-before-join',
  'own-health-checks',
  'counts-open-requests',
  'statistics',
  'several-backends',
]);

/** HAProxy through its runtime API; the address is that of its Unix socket on the balancer's host. */
export const haproxyAdapter: BalancerAdapter = { can: CAN, look, open };

function look(reached: Reached<ReadSession>): ReadBalancer {
  const runtime = runtimeOf(reached);
  return {
    backend: reached.backend,
    can: CAN,
    requireControl: () => requireAdmin(runtime),
    readServers: () => readServers(runtime),
    readAllServers: () => readAllServers(runtime),
    readStatistics: () => readStatistics(runtime),
    readOpenRequests: (server, replacedWithinMs) => readOpenRequests(runtime, server, replacedWithinMs),
    readJoinTerms: (server) => readJoinOptions(runtime, server),
  };
}

function open(reached: Reached): Balancer {
  const runtime = runtimeOf(reached);
  return {
    ...look(reached),
    enrol: (server) => enrolBackend(runtime, server),
    join: (server, intent) => joinBackend(runtime, server, intent),
    drain: (server) => drainServer(runtime, server),
    close: (server) => closeServer(runtime, server),
    shut: (server) => shutServer(runtime, server),
    reopen: (server) => checkAnew(runtime, server),
    remove: (server) => removeServer(runtime, server),
  };
}

function runtimeOf<S extends ReadSession>({
  session,
  backend: { balancer, backend },
  address,
  signal,
}: Reached<S>) {
  return { session, backend: { balancer, socket: address, backend }, signal };
}
