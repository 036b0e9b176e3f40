import type { Generation } from '../guard/generation.js';
import type { Plan, Stage } from '../plan/plan.js';
import type { DatabaseActions } from './actions.js';
import type { ForcedFacts } from './forced-facts.js';
import { type ForcedMove, unfenceable } from './forced-gates.js';
import { placeOf } from './place.js';

/** A server that was killed first recovers; a large one takes its time. */
export const FENCE_MS = 120_000;
const DRAIN_MS = 120_000;
const PROXIES_MS = 30_000;

export type Lanes = Readonly<Record<string, Readonly<Record<string, DatabaseActions>>>>;

/**
 * The old primary is fenced and read before the new one is touched; that has applied all that it has received before it takes
 * writes. There is no way back: until the new one takes writes none does, and a resume goes forward.
 */
export function forcedStages(move: ForcedMove, facts: ForcedFacts): Pick<Plan<DatabaseActions>, 'stages'> {
  const { from, to } = move;
  const fenced = unfenceable(from, facts) === undefined;
  const database = placeOf(move.database);
  const number = nextNumber(facts);
  const both = { database, from, to };
  const held = fenced ? [to, from] : [to];
  const { claims, closes } = claimStages(database.name, held, number, facts);
  const stages: Stage<DatabaseActions>[] = [
    claims,
    ...(fenced
      ? [
          stageOf('fence', {
            [from]: {
              fence: {
                kind: 'database.fence',
                ...{ database, host: from, number, withinMs: FENCE_MS, ifWritable: false },
              },
            },
          }),
        ]
      : []),
    stageOf('promote', {
      [to]: {
        drain: { kind: 'database.drain', ...both, number, fenced, withinMs: DRAIN_MS },
        promote: { kind: 'database.promote', ...both, number, fenced },
      },
    }),
    stageOf('look', {
      [to]: {
        ...(database.proxies === null
          ? {}
          : { proxies: { kind: 'database.own-proxies', ...both, withinMs: PROXIES_MS } }),
        alone: { kind: 'database.alone', ...both },
      },
    }),
    closes,
  ];
  return { stages };
}

export function claimStages(
  database: string,
  hosts: readonly string[],
  number: number,
  facts: Pick<ForcedFacts, 'states'>,
) {
  const lanes = (of: (host: string) => Lanes[string]): Lanes =>
    Object.fromEntries(hosts.map((host) => [host, of(host)]));
  const claims = stageOf(
    'claim',
    lanes((host) => ({
      claim: { kind: 'database.claim', database, host, from: generationAt(host, facts), number },
    })),
  );
  const closes = stageOf(
    'close',
    lanes((host) => ({ close: { kind: 'database.close', database, host } })),
  );
  return { claims, closes };
}

export function nextNumber({ states }: Pick<ForcedFacts, 'states'>): number {
  const numbers = [...states.values()].map((state) =>
    typeof state === 'string' ? 0 : state.generation.number,
  );
  return 1 + Math.max(0, ...numbers);
}

function generationAt(host: string, { states }: Pick<ForcedFacts, 'states'>): Generation {
  const state = states.get(host);
  if (typeof state === 'object') return state.generation;
  throw new Error(`the generation of ${host} was not read`);
}

/** Every lane has to pass. */
export function stageOf(id: string, lanes: Lanes): Stage<DatabaseActions> {
  const all = Object.entries(lanes).map(([name, actions]) => ({
    name,
    host: name,
    steps: Object.entries(actions).map(([step, action]) => ({ id: step, title: step, action })),
  }));
  return { id, title: id, pass: 'all', lanes: all, standby: [] };
}
