import { Secrets } from '../../src/lib/masking/secret.js';
import type { AnyAction, Keeper, Lane, Plan, Stage, Step, StepRef } from '../../src/lib/plan/plan.js';
import type { RunEvent } from '../../src/lib/record/events.js';
import { runPlan } from '../../src/lib/run/runner.js';
import type { Handlers, StepContext, StepOutcome } from '../../src/lib/run/step-handler.js';
import { MemoryLedger } from './memory-ledger.js';

/** `sim` puts a thing into a state. */
interface Sim extends AnyAction {
  readonly kind: 'sim';
  readonly thing: string;
  readonly wanted: string;
}

function step(id: string, thing: string, wanted: string, ifBegun?: StepRef): Step<Sim> {
  const action = { kind: 'sim', thing, wanted } as const;
  return { id, title: id, action, ...(ifBegun && { ifBegun }) };
}

function stage(id: string, lanes: Readonly<Record<string, readonly Step<Sim>[]>>): Stage<Sim> {
  const all = Object.entries(lanes).map(([name, steps]): Lane<Sim> => ({ name, host: null, steps }));
  return { id, title: id, pass: 'all', lanes: all, standby: [] };
}

const begun = (of: string, lane: string, id: string): StepRef => ({ stage: of, lane, step: id });

const KEEPER: Keeper<Sim> = {
  id: 'lease',
  title: 'the lease of the cut',
  host: null,
  action: { kind: 'sim', thing: 'lease', wanted: 'renewed' },
  everyMs: 5,
  from: 'arm',
  until: 'open',
  lostAfterMs: 60_000,
  onLoss: 'turn',
};

const POSITION = 'database.position';

export const QUESTION = { question: 'go home?', words: ['go', 'heal'] };

/** The shape of a drill without hosts: preflight, arm, cut two gateways, move names and database at once, verify, hold. */
export function drillPlan(
  when: 'always' | 'on-failure' = 'always',
  keeper: Partial<Keeper<Sim>> = {},
): Plan<Sim> {
  const cut = ['gw-a', 'gw-b'];
  return {
    version: 2,
    kind: 'restart',
    title: 'a simulated drill',
    scope: { apps: [], groups: [], rooms: ['A'] },
    locks: [],
    claims: [],
    hosts: [],
    stages: [
      stage('preflight', {
        replication: [step('lag', 'lag', 'seen')],
        capacity: [step('room-b', 'capacity', 'seen')],
        clocks: [step('skew', 'skew', 'seen')],
      }),
      stage('arm', { control: [step('arm', 'dead-man', 'armed')] }),
      stage('cut', Object.fromEntries(cut.map((gw) => [gw, [step('isolate', gw, 'cut')]]))),
      stage('move', {
        dns: [step('names', 'dns', 'B')],
        database: [step('demote', 'position', 'read'), step('role', 'primary', 'B')],
      }),
      stage('verify', { business: [step('sale', 'sale', 'verified')] }),
      stage('hold', { control: [step('hold', 'held', 'yes')] }),
    ],
    wayBack: {
      when,
      stages: [
        stage('old-read-only', {
          database: [step('fence', 'old-primary', 'read-only', begun('move', 'database', 'role'))],
        }),
        stage('open', Object.fromEntries(cut.map((gw) => [gw, [step('open', gw, 'open')]]))),
        stage('resync', { database: [step('resync', 'replica', 'level')] }),
        stage('home', { database: [step('home', 'primary', 'A', begun('move', 'database', 'role'))] }),
        stage('names-home', { dns: [step('back', 'dns', 'A', begun('move', 'dns', 'names'))] }),
        stage('disarm', { control: [step('disarm', 'dead-man', 'off')] }),
      ],
    },
    keepers: [{ ...KEEPER, ...keeper }],
    risks: [],
  };
}

/** What the things are, and every change that was made to them in order: it outlives the processes that make them. */
export class SimulatedWorld {
  readonly changes: string[] = [];
  /** What a resync was told of the position that the demotion saw, each time. */
  readonly positions: (string | undefined)[] = [];
  /** Whether the hold asks when to go on, and what it was told. */
  asks = false;
  readonly answers: string[] = [];
  readonly #states = new Map<string, string>();
  /** Throws where a step is to fail. */
  behave: (action: Sim) => Promise<void> | void = () => undefined;

  readonly handlers = {
    sim: {
      apply: async (action: Sim, context: StepContext): Promise<StepOutcome> => {
        await this.behave(action);
        if (action.thing === 'lease') return { changed: true, message: '' };
        if (action.thing === 'position')
          return { changed: false, message: '', facts: { [POSITION]: '0-1-42' } };
        if (action.thing === 'held' && this.asks) this.answers.push(await context.ask(QUESTION));
        if (action.thing === 'replica') this.positions.push(context.fact(POSITION));
        if (this.#states.get(action.thing) === action.wanted) return { changed: false, message: '' };
        this.#states.set(action.thing, action.wanted);
        this.changes.push(`${action.thing} ${action.wanted}`);
        return { changed: true, message: '' };
      },
    },
  } as unknown as Handlers;
}

/** A process that runs the plan and dies once so many events are on disk; those are what another process finds. */
export async function runUntil(
  plan: Plan,
  world: { readonly handlers: Handlers },
  past: readonly RunEvent[],
  events = Number.POSITIVE_INFINITY,
  stop = new AbortController().signal,
  secrets = new Secrets(),
) {
  const memory = new MemoryLedger();
  const cut = new AbortController();
  const died = new Error('killed');
  const append = async (_operation: string, event: RunEvent) => {
    if (memory.events.length >= events) {
      cut.abort(died);
      throw died;
    }
    memory.events.push(event);
  };
  const end = await runPlan(plan, {
    operation: 'op',
    operator: 'wang',
    past,
    ledger: { ...memory.ledger, append },
    connections: {
      session: () => Promise.reject(new Error('no connection in this test')),
      hangUp: () => undefined,
      close: async () => undefined,
    },
    kinds: {},
    handlers: world.handlers,
    secrets,
    listeners: [],
    forks: 10,
    stop,
    cut: cut.signal,
  }).catch((error: unknown) => (error === died ? undefined : Promise.reject(error)));
  return { end, events: [...past, ...memory.events] };
}
