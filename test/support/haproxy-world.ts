import { setTimeout as sleep } from 'node:timers/promises';
import { openBalancer } from '../../src/lib/layers/http/adapters.js';
import type { Balancer } from '../../src/lib/layers/http/balancer.js';
import { haproxyAdapter } from '../../src/lib/layers/http/haproxy/adapter.js';
import type { Session } from '../../src/lib/ssh/transport.js';
import type { BalancerWorld, Behind } from './balancer-world.js';
import type { LabRoom } from './lab-room.js';
import { OWN_PORT, OWN_SOCKET, type OwnHaproxy } from './own-haproxy.js';

const ORDERS = { in: 'ready', drained: 'drain', shut: 'maint' } as const;
const ENTRY = `http://127.0.0.1:${OWN_PORT}`;

/** The real HAProxy on lb-b of a lab, with the hosts of room B behind it. */
export function haproxyWorld(room: LabRoom, haproxy: OwnHaproxy, session: () => Session): BalancerWorld {
  const one = { name: 'web-b-01', address: '198.18.2.11' };
  const two = { name: 'web-b-02', address: '198.18.2.12' };
  const line = ({ name, address }: Behind) => `server ${name} ${address}:8080 check inter 1s`;
  return {
    can: haproxyAdapter.can,
    one,
    two,
    silent: { name: 'web-b-03', address: '198.18.2.10' },
    patienceMs: 5000,
    start: async (shop, others = {}) => {
      const more = Object.entries(others).flatMap(([name, servers]) => [
        `backend ${name}`,
        ...servers.map(line),
      ]);
      await haproxy.start(shop.map(line), { more });
    },
    stop: () => haproxy.stop(),
    open: ({ signal, backend = 'shop' } = {}): Balancer =>
      openBalancer({
        session: session(),
        backend: { balancer: 'lb-b', control: `haproxy:${OWN_SOCKET}`, backend },
        signal,
      }),
    set: async (server, order) => {
      await haproxy.ask(`set server shop/${server} state ${ORDERS[order]}`);
    },
    answer: async () => {
      const { host } = JSON.parse(await room.inHost('lb-b', `curl -sf ${ENTRY}/whoami`));
      return [one, two].find(({ name }) => name === host)?.address ?? host;
    },
    askSlowly: async (ms) => {
      const ended = room.inHost('lb-b', `curl -sf '${ENTRY}/slow?ms=${ms}'`);
      await sleep(500);
      return { ended };
    },
  };
}
