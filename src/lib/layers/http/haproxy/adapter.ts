import type { Balancer, BalancerAdapter, Capability, Reached } from '../balancer.js';
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

/** HAProxy by its runtime API; the address is that of its Unix socket on the balancer's host. */
export const haproxyAdapter: BalancerAdapter = { can: CAN, open };

function open({ session, backend: at, address, signal }: Reached): Balancer {
  const { balancer, backend } = at;
  const runtime = { session, backend: { balancer, socket: address, backend }, signal };
  return {
    backend: at,
    can: CAN,
    requireControl: () => requireAdmin(runtime),
    readServers: () => readServers(runtime),
    readAllServers: () => readAllServers(runtime),
    readStatistics: () => readStatistics(runtime),
    readOpenRequests: (server, replacedWithinMs) => readOpenRequests(runtime, server, replacedWithinMs),
    readJoinTerms: (server) => readJoinOptions(runtime, server),
    enrol: (server) => enrolBackend(runtime, server),
    join: (server, intent) => joinBackend(runtime, server, intent),
    drain: (server) => drainServer(runtime, server),
    close: (server) => closeServer(runtime, server),
    shut: (server) => shutServer(runtime, server),
    reopen: (server) => checkAnew(runtime, server),
    remove: (server) => removeServer(runtime, server),
  };
}
