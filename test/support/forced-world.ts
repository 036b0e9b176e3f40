import type { ForcedFacts } from '../../src/lib/database/forced-facts.js';
import type { ForcedWays } from '../../src/lib/database/forced-ways.js';
import { databaseHandlers } from '../../src/lib/database/handlers.js';
import type { DatabasePlace } from '../../src/lib/database/place.js';
import { type Generation, generationText } from '../../src/lib/guard/generation.js';
import type { DatabaseLook, ProxyAnswer } from '../../src/lib/layers/database/database-look.js';
import type {
  FenceLook,
  ForcedServer,
  ReplicationThreads,
} from '../../src/lib/layers/database/forced-server.js';
import { StepFailure } from '../../src/lib/run/step-handler.js';
import { LinkLostError } from '../../src/lib/ssh/connect-error.js';
import { gtids } from './database-sample.js';
import { type Command, DatabaseWorld, details, type MemoryServer, refused, TO_B } from './database-world.js';

const FENCE: FenceLook = {
  path: '/etc/mysql/mariadb.conf.d/zz-kuafu-fence.cnf',
  file: 'none',
  hasUnit: true,
  waits: { isEnabled: true, beforeCommit: true, timeoutMs: 86_400_000 },
};

/** db-a, the primary, and db-b, its replica, with the threads and files that a forced change of roles is about. */
export class ForcedWorld extends DatabaseWorld {
  /** By host, of what db-b has received and not applied. */
  receiver: 'up' | 'down' = 'up';
  applier: 'up' | 'down' = 'up';
  error = '';
  received = '0-1-12';
  readonly fences = new Map<string, FenceLook | string>([
    ['db-a', FENCE],
    ['db-b', FENCE],
  ]);
  /** The host cannot be reached at all. */
  readonly unreachable = new Set<string>();
  fenceEnds: 'read-only' | 'stopped' = 'read-only';
  /** Proxies that do not answer. */
  readonly silentProxies = new Set<string>();
  readonly archived: string[] = [];

  override look(): DatabaseLook {
    if (this.applier === 'up' && this.error === '' && this.b.source !== undefined) this.b.has = this.received;
    const look = super.look();
    const [proxy] = look.proxies;
    const silent = this.all.filter(({ isSilent }) => isSilent).map(({ host }) => host);
    const proxies = (['A', 'B'] as const).map((room): ProxyAnswer => {
      const host = `lb-${room.toLowerCase()}`;
      const isSilent = this.silentProxies.has(host);
      return {
        ...(proxy as ProxyAnswer),
        ...{ host, room, silence: isSilent ? 'no answer' : undefined },
        targets: isSilent ? undefined : proxy?.targets?.filter(({ name }) => !silent.includes(name)),
      };
    });
    return { ...look, proxies };
  }

  #lookAt({ members, proxies }: DatabasePlace, what: 'members' | 'all'): DatabaseLook {
    const look = this.look();
    const isIn = (all: readonly (readonly [string, string])[] = []) => {
      const hosts = all.map(([, host]) => host);
      return ({ host }: { readonly host: string }) => hosts.includes(host);
    };
    return {
      ...look,
      members: look.members.filter(isIn(members)),
      proxies: what === 'all' ? look.proxies.filter(isIn(proxies?.hosts)) : [],
    };
  }

  threads(): ReplicationThreads | null {
    if (this.b.source === undefined) return null;
    const { receiver, applier, error } = this;
    return { receiver, applier, error, received: gtids(this.received) };
  }

  forcedFacts(): ForcedFacts {
    const facts = this.facts();
    const unless = <T>(values: ReadonlyMap<string, T>) =>
      new Map([...values].map(([host, value]) => [host, this.unreachable.has(host) ? 'no route' : value]));
    const both = (value: ReplicationThreads | null) =>
      new Map<string, ReplicationThreads | null>([
        ['db-a', null],
        ['db-b', value],
      ]);
    return {
      ...{ look: this.look(), holders: new Map(), hosts: [] },
      states: unless(facts.states),
      fences: unless(this.fences),
      details: unless(facts.details),
      threads: unless(both(this.threads())),
    };
  }

  readonly #forced: ForcedWays = {
    ...this.ways,
    look: async (place, what) => this.#lookAt(place, what),
    fenceLook: async () => FENCE,
    threads: async (host) => (host === 'db-b' ? this.threads() : null),
    openForced: async (_database, host) => this.#openForced(host === 'db-a' ? this.a : this.b),
  };
  override readonly handlers = databaseHandlers({ ...this.ways, look: this.#forced.look }, this.#forced);

  #openForced(server: MemoryServer): ForcedServer {
    if (this.unreachable.has(server.host)) throw new LinkLostError(server.host);
    const guarded = (command: Command, as: Generation, effect: () => void) => {
      if (generationText(as) !== generationText(server.device.generation)) throw refused(server);
      this.tell(command, server, effect);
    };
    const file = (state: FenceLook['file']) => this.fences.set(server.host, { ...FENCE, file: state });
    return {
      fence: async (as) => {
        guarded('fence', as, () => {
          server.takesWrites = false;
          server.semiSync = false;
          file('ours');
        });
        return this.fenceEnds;
      },
      unfence: async (as) => {
        const before = this.fences.get(server.host);
        guarded('unfence', as, () => file('none'));
        return typeof before === 'object' && before.file === 'ours' ? 'removed' : 'none';
      },
      startApplying: async (as) =>
        guarded('startApplying', as, () => {
          // As a real server does it: both threads were down, so the relay log is deleted.
          if (this.receiver === 'down') this.received = server.has;
          if (this.error === '') this.applier = 'up';
        }),
      stopReceiving: async (as) =>
        guarded('stopReceiving', as, () => {
          this.receiver = 'down';
        }),
      takeWritesAlone: async (as) =>
        guarded('takeWritesAlone', as, () => {
          server.takesWrites = true;
          server.semiSync = false;
        }),
      archive: async (as, name, behind) => {
        guarded('archive', as, () => this.archived.push(`${name} behind ${behind}`));
        return { path: `/var/lib/kuafu/errant/${name}`, bytes: 7, sha256: 'ab'.repeat(32) };
      },
    };
  }
}

export const failing = (message = 'no') => new StepFailure('failed', message);

/** After a forced switch: db-b has written since, db-a is read-only by its fence. */
export function partedWorld({ a = '0-1-12', b = '0-1-12,0-2-20' } = {}): ForcedWorld {
  const world = new ForcedWorld();
  Object.assign(world.a, { takesWrites: false, semiSync: false, has: a });
  Object.assign(world.b, { takesWrites: true, source: undefined, semiSync: false, has: b });
  world.fences.set('db-a', { ...FENCE, file: 'ours' });
  return world;
}

export const FORCED_TO_B = {
  ...TO_B,
  database: {
    ...TO_B.database,
    proxies: {
      ...{ control: 'haproxy:/s', backend: 'db' },
      hosts: new Map([
        ['A', 'lb-a'],
        ['B', 'lb-b'],
      ]),
    },
  },
};
export { details };
