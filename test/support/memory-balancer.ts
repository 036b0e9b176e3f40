import { setTimeout as sleep } from 'node:timers/promises';
import type { Balancer, Capability, JoinOutcome } from '../../src/lib/layers/http/balancer.js';
import type { BalancerServer } from '../../src/lib/layers/http/balancer-servers.js';
import { fault } from '../../src/lib/layers/http/fault.js';
import { ownServers } from '../../src/lib/layers/http/match.js';
import {
  isDrained,
  isInTraffic,
  isWanted,
  type ServerState,
} from '../../src/lib/layers/http/server-state.js';
import { unlessAborted } from '../../src/lib/ssh/abort.js';
import type { BalancerWorld, Behind } from './balancer-world.js';
import { serverState } from './server-state.js';

interface Server extends ServerState {
  order: ServerState['order'];
  requests: number;
  sessions: number;
}

/** A balancer in memory, which can as little as a test wants. It passes the suite of every adapter, so that tests may believe it. */
export class MemoryBalancer implements BalancerWorld {
  readonly one = { name: 'web-b-01', address: '198.18.2.11' };
  readonly two = { name: 'web-b-02', address: '198.18.2.12' };
  readonly silent = { name: 'web-b-03', address: '198.18.2.13' };
  readonly patienceMs = 200;
  readonly can: ReadonlySet<Capability>;
  readonly #backends = new Map<string, Server[]>();
  #asked = 0;

  constructor(...can: readonly Capability[]) {
    this.can = new Set(can);
  }

  async start(
    shop: readonly Behind[],
    others: Readonly<Record<string, readonly Behind[]>> = {},
  ): Promise<void> {
    this.#backends.clear();
    for (const [name, servers] of Object.entries({ shop, ...others }))
      this.#backends.set(
        name,
        servers.map((server) => this.#serverOf(server)),
      );
  }

  async stop(): Promise<void> {
    this.#backends.clear();
  }

  open({
    signal,
    backend = 'shop',
  }: {
    readonly signal?: AbortSignal;
    readonly backend?: string;
  } = {}): Balancer {
    const at = { balancer: 'lb-b', control: 'memory:', backend };
    const servers = async () => {
      signal?.throwIfAborted();
      const found = this.#backends.get(backend);
      if (found === undefined) throw fault(at, `has no backend ${backend}`);
      return found;
    };
    const own = async (server: BalancerServer) => ownServers(await servers(), server, at);
    const order = async (server: BalancerServer, wanted: Server['order'], of: (own: Server) => boolean) => {
      const those = (await own(server)).filter(of);
      for (const each of those) each.order = wanted;
      return those.length > 0;
    };
    const add = async (server: BalancerServer) => {
      if ((await own(server)).length > 0) return false;
      (await servers()).push({ ...this.#serverOf(server), order: 'drained' });
      return true;
    };
    return {
      backend: at,
      can: this.can,
      requireControl: async () => signal?.throwIfAborted(),
      readServers: async () => [...(await servers())],
      readAllServers: async () => new Map(this.#backends),
      readStatistics: async () =>
        new Map(
          (await servers()).map((each) => [
            each.name,
            { ...each, inTraffic: isInTraffic(each), isBackup: false },
          ]),
        ),
      readOpenRequests: async (server) => ({
        sessions: (await own(server)).reduce((sum, { sessions }) => sum + sessions, 0),
        isOldThere: false,
      }),
      readJoinTerms: async () => ({ notes: [] }),
      enrol: async (server) =>
        (await add(server)) || (await order(server, 'drained', (each) => each.order === 'shut')),
      join: async (server): Promise<JoinOutcome> => {
        const isNew = await add(server);
        if (this.can.has('own-health-checks') && !(await own(server)).every(({ checkPassed }) => checkPassed))
          await unlessAborted(new Promise<never>(() => undefined), signal);
        const changed = (await order(server, 'in', isDrained)) || isNew;
        const left = (await own(server)).filter((each) => !isWanted(each)).map(({ name }) => name);
        const message =
          left.length === 0 ? '' : `${left.join(', ')} stays out at lb-b, where somebody else took it out`;
        return { changed, message };
      },
      drain: (server) => order(server, 'drained', isWanted),
      close: async (server) => void (await own(server)),
      shut: async (server) => void (await order(server, 'shut', (each) => !isWanted(each))),
      reopen: async (server) => void (await order(server, 'drained', (each) => !isWanted(each))),
      remove: async (server) => {
        const gone = await own(server);
        this.#backends.set(
          backend,
          (await servers()).filter((each) => !gone.includes(each)),
        );
      },
    };
  }

  async set(name: string, order: ServerState['order']): Promise<void> {
    for (const server of this.#backends.get('shop') ?? []) if (server.name === name) server.order = order;
  }

  async answer(): Promise<string> {
    return this.#next().address;
  }

  async askSlowly(ms: number): Promise<{ readonly ended: Promise<unknown> }> {
    const server = this.#next();
    server.sessions++;
    return { ended: sleep(ms / 2).then(() => server.sessions--) };
  }

  #next(): Server {
    const up = (this.#backends.get('shop') ?? []).filter(isInTraffic);
    const server = up[this.#asked++ % up.length];
    if (server === undefined) throw new Error('503: nobody is in traffic');
    server.requests++;
    return server;
  }

  #serverOf({ name, address }: Behind): Server {
    const checks = this.can.has('own-health-checks');
    const checkPassed = checks && address !== this.silent.address;
    return { ...serverState(name, address, { isChecked: checks, checkPassed }), requests: 0, sessions: 0 };
  }
}
