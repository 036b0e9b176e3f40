import { onlyWriter } from '../../src/lib/database/applied.js';
import type { SwitchFacts } from '../../src/lib/database/facts.js';
import { databaseHandlers } from '../../src/lib/database/handlers.js';
import type { DatabaseSwitch } from '../../src/lib/database/request.js';
import type { DatabaseWays } from '../../src/lib/database/ways.js';
import { type DeviceState, type Generation, generationText } from '../../src/lib/guard/generation.js';
import type { DatabaseLook } from '../../src/lib/layers/database/database-look.js';
import type { ForcedServer } from '../../src/lib/layers/database/forced-server.js';
import type { MemberDetails } from '../../src/lib/layers/database/member-details.js';
import type { DatabaseServer } from '../../src/lib/layers/database/server.js';
import { StepFailure } from '../../src/lib/run/step-handler.js';
import { databaseLook, gtids, primary, replica, sourceAt } from './database-sample.js';

export type Command = Exclude<keyof DatabaseServer | keyof ForcedServer, 'host' | 'state' | 'hold'>;

/** A server in memory. It outlives the processes that change it. */
export class MemoryServer {
  readonly host: string;
  readonly id: string;
  takesWrites: boolean;
  semiSync: boolean;
  /** The host from which it replicates. */
  source: string | undefined;
  /** Its last transactions, as GTIDs. */
  has = '0-1-9';
  isSilent = false;
  device: DeviceState = { generation: { number: 0, id: '-' }, phase: 'closed', operation: '-' };
  /** What has changed it, in order. */
  readonly told: string[] = [];

  constructor(host: string, id: string, source: string | undefined) {
    this.host = host;
    this.id = id;
    this.source = source;
    this.takesWrites = source === undefined;
    this.semiSync = source === undefined;
  }
}

const DETAILS: MemberDetails = {
  startsReadOnly: true,
  acknowledges: true,
  logsUpdates: true,
  replication: [
    { name: '', byGtid: true, address: '198.18.1.40', port: 3306, options: { MASTER_CONNECT_RETRY: 2 } },
  ],
  busy: [],
};
export const details = (change: Partial<MemberDetails> = {}): MemberDetails => ({ ...DETAILS, ...change });

/** db-a, the primary, and db-b, its replica, behind a proxy that follows; `after` is told each change, and may throw. */
export class DatabaseWorld {
  readonly a = new MemoryServer('db-a', '1', undefined);
  readonly b = new MemoryServer('db-b', '2', 'db-a');
  /** Called before a command has its effect. */
  before: (command: Command, server: MemoryServer) => void = () => undefined;
  /** Called after. */
  after: (command: Command, server: MemoryServer) => void = () => undefined;
  /** Statements that stop writes hang. */
  isHung = false;
  readonly details = new Map([
    ['db-a', details()],
    ['db-b', details()],
  ]);
  /** Moments at which both took writes. */
  readonly splits: string[] = [];

  get all(): readonly MemoryServer[] {
    return [this.a, this.b];
  }

  look(): DatabaseLook {
    const [a, b] = this.all.map((server) => this.#stateOf(server));
    const writers = this.all.filter(({ takesWrites }) => takesWrites).map(({ host }) => host);
    return databaseLook(a, b, writers);
  }

  #stateOf(server: MemoryServer) {
    if (server.isSilent) return undefined;
    const replicas = this.all.filter(({ source }) => source === server.host).length;
    const { semiSync: isEnabled, takesWrites, id, has, source } = server;
    const master = this.all.find(({ host }) => host === source);
    const address = source === 'db-a' ? '198.18.1.40' : '198.18.2.40';
    return {
      ...(source === undefined ? primary() : replica()),
      ...{ serverId: id, takesWrites, gtids: gtids(has), position: gtids(has) },
      semiSync: { isEnabled, isActive: isEnabled && replicas > 0, replicas },
      sources: master === undefined ? [] : [sourceAt({ serverId: master.id, address })],
    };
  }

  facts(): SwitchFacts {
    const look = this.look();
    return {
      ...{ look, lacks: [], details: this.details, from: onlyWriter(look), holders: new Map() },
      states: new Map(this.all.map(({ host, device }) => [host, device])),
      hosts: [],
    };
  }

  protected readonly ways: DatabaseWays = {
    look: async () => this.look(),
    details: async (host) => this.details.get(host) ?? details(),
    open: async (_database, host) => this.#open(this.all.find((each) => each.host === host) ?? this.a),
  };
  readonly handlers = databaseHandlers(this.ways);

  #open(server: MemoryServer): DatabaseServer {
    const guarded = async (command: Command, as: Generation, effect: () => void) => {
      if (generationText(as) !== generationText(server.device.generation)) throw refused(server);
      this.tell(command, server, effect);
    };
    return {
      host: server.host,
      state: async () => server.device,
      claim: async (from, to) => {
        const { generation } = server.device;
        if (JSON.stringify(server.device) === JSON.stringify(to)) return;
        const isWanted = from === 'any' || generationText(from) === generationText(generation);
        if (!isWanted || generation.number >= to.generation.number) throw refused(server);
        this.tell('claim', server, () => {
          server.device = to;
        });
      },
      close: async (state) =>
        this.tell('close', server, () => {
          server.device = { ...state, phase: 'closed' };
        }),
      hold: async (as) => {
        if (generationText(as) !== generationText(server.device.generation)) throw refused(server);
      },
      stopWrites: async (as) => {
        if (this.isHung) return 'hung';
        await guarded('stopWrites', as, () => {
          server.takesWrites = false;
        });
        return 'done';
      },
      takeWrites: (as) =>
        guarded('takeWrites', as, () => {
          server.takesWrites = true;
        }),
      stopReplicating: (as) =>
        guarded('stopReplicating', as, () => {
          server.source = undefined;
        }),
      replicateFrom: (as) =>
        guarded('replicateFrom', as, () => {
          server.source = this.all.find((each) => each !== server)?.host;
          server.semiSync = false;
        }),
      waitForReplica: (as) =>
        guarded('waitForReplica', as, () => {
          server.semiSync = true;
        }),
    };
  }

  protected tell(command: Command, server: MemoryServer, effect: () => void): void {
    this.before(command, server);
    effect();
    server.told.push(command);
    if (this.all.every(({ takesWrites }) => takesWrites)) this.splits.push(command);
    this.after(command, server);
  }
}

export function refused({ host, device }: MemoryServer): StepFailure {
  return new StepFailure('failed', `${host} was claimed by ${device.operation}`, host);
}

/** orders, with its server in room B as the new primary. */
export const TO_B: DatabaseSwitch = {
  database: {
    name: 'orders',
    port: 3306,
    home: 'A',
    members: new Map([
      ['A', 'db-a'],
      ['B', 'db-b'],
    ]),
    proxies: { hosts: new Map([['A', 'lb-a']]), control: 'haproxy:/s', backend: 'db' },
    replication: { user: 'repl', password: { secret: 'REPL' } },
  },
  replication: { user: 'repl', password: { secret: 'REPL' } },
  room: 'B',
  to: 'db-b',
};

/** Limits that a test does not wait for. */
export function impatient<P>(plan: P): P {
  return JSON.parse(JSON.stringify(plan, (key, value) => (key === 'withinMs' ? 0 : value)));
}
