import { type Action, KINDS } from '../../src/lib/actions.js';
import { Secrets } from '../../src/lib/masking/secret.js';
import type { Host } from '../../src/lib/names/host.js';
import type { Budgets } from '../../src/lib/plan/budget.js';
import type { Lane, Plan, Stage } from '../../src/lib/plan/plan.js';
import type { RunEvent } from '../../src/lib/record/events.js';
import { runPlan } from '../../src/lib/run/runner.js';
import {
  type Handlers,
  type StepContext,
  StepFailure,
  type StepOutcome,
} from '../../src/lib/run/step-handler.js';
import { MemoryLedger } from './memory-ledger.js';

/** What a test lets an action do on a host: nothing said means that it is done. */
export type Behaviour = (host: string, kind: string, wanted: string) => Promise<void> | void;

/** Runs plans against behaviours instead of hosts, and remembers every apply as `host kind[ wanted]`. */
export class FakeRoom {
  readonly applied: string[] = [];
  readonly memory = new MemoryLedger();
  readonly stop = new AbortController();
  readonly cut = new AbortController();
  readonly secrets = new Secrets();
  behave: Behaviour = () => undefined;
  /** What a probe finds there already, as `host kind`. */
  readonly there = new Set<string>();

  async run(plan: Plan, past: readonly RunEvent[] = [], forks = 10, budgets?: Budgets) {
    return await runPlan(plan, {
      operation: 'test-op',
      operator: 'tester',
      past,
      budgets,
      ledger: this.memory.ledger,
      connections: {
        session: () => Promise.reject(new Error('no connection in this test')),
        hangUp: () => undefined,
        close: async () => undefined,
      },
      kinds: KINDS,
      handlers: this.#handlers(),
      secrets: this.secrets,
      listeners: [],
      forks,
      stop: this.stop.signal,
      cut: this.cut.signal,
    });
  }

  #handlers(): Handlers {
    const handler = {
      apply: async (
        action: { kind: string; wanted?: string },
        context: StepContext,
      ): Promise<StepOutcome> => {
        const wanted = action.wanted ?? '';
        this.applied.push([context.host.name, action.kind, wanted].join(' ').trim());
        await this.behave(context.host.name, action.kind, wanted);
        return { changed: true, message: '' };
      },
      probe: async (action: { kind: string }, context: StepContext) =>
        this.there.has(`${context.host.name} ${action.kind}`),
    };
    return new Proxy({} as Handlers, { get: (_, kind) => (kind === 'pool.member' ? this.#member : handler) });
  }

  readonly #member = {
    apply: async (action: { app: string; group: string }, context: StepContext): Promise<StepOutcome> => {
      await context.ledger.assign(context.host.name, context.operation, action.app, action.group);
      return { changed: true, message: '' };
    },
  };
}

export function hostNamed(name: string): Host {
  return {
    name,
    room: 'B',
    role: 'spare',
    ssh: {
      address: '198.18.2.101',
      port: 22,
      user: 'root',
      identityFiles: [],
      proxyJump: [],
      hostKeys: 'strict',
      connectTimeoutMs: 1000,
    },
  } as Host;
}

/** A small expansion: per host `script` and `service` (with its undo), a gate on the template, then `member`. */
export function smallPlan(wanted: readonly string[], standby: readonly string[] = []): Plan {
  const all = [...wanted, ...standby];
  const expand = (host: string): Lane<Action> => ({
    name: host,
    host,
    steps: [
      {
        id: 'init',
        title: 'init',
        action: {
          kind: 'host.script',
          name: 'base',
          command: { words: ['true'], effect: 'write', timeoutMs: 1 },
        },
      },
      {
        id: 'start',
        title: 'start',
        action: { kind: 'unit.state', unit: 'shop.service', wanted: 'started' },
        undo: { kind: 'unit.state', unit: 'shop.service', wanted: 'stopped' },
      },
    ],
  });
  const join = (host: string): Lane<Action> => ({
    name: host,
    host,
    steps: [
      {
        id: 'assign',
        title: 'assign',
        action: { kind: 'pool.member', app: 'shop', group: 'web', room: 'B' },
      },
    ],
  });
  const packed = { codec: 'zstd', digest: 'e', bytes: 1 } as const;
  const tree = { paths: ['/opt/shop'], exclude: [], digest: 'd', bytes: 1, packed };
  const stages: Stage<Action>[] = [
    { id: 'expand', title: 'expand', lanes: wanted.map(expand), standby: standby.map(expand), pass: 'each' },
    {
      id: 'seal',
      title: 'template unmoved',
      lanes: [
        {
          name: 'template',
          host: 'template',
          steps: [
            { id: 'unmoved', title: 'unmoved', action: { kind: 'copy.check', from: 'template', tree } },
          ],
        },
      ],
      standby: [],
      pass: 'all',
      perBatch: true,
    },
    { id: 'join', title: 'join', lanes: wanted.map(join), standby: standby.map(join), pass: 'each' },
  ];
  return {
    version: 2,
    kind: 'scale',
    title: 'a small expansion',
    scope: { apps: ['shop'], groups: ['web'], rooms: ['B'] },
    locks: ['app/shop/web/B'],
    claims: wanted,
    hosts: [...all, 'template'].map(hostNamed),
    stages,
    risks: [],
  };
}

export { StepFailure };
