import { type RecordSet, wholeName } from '../layers/dns/records.js';
import type { OperationKind, Plan, Risk } from '../plan/plan.js';
import { type Guard, hintOf, refusals } from '../plan/risk.js';
import type { DnsActions } from './actions.js';
import type { DnsFacts } from './change-facts.js';
import { heldNotes } from './change-guards.js';
import { type AuthorityChanges, changeStages } from './change-stages.js';
import { changedNames, oldTtlSeconds, setsAfter } from './changes.js';
import type { Judgement } from './judgement.js';
import { leadsTo } from './leads-to.js';

/** A name at an authority that a plan changes, in words. */
export interface ChangeRow {
  readonly name: string;
  readonly authority: string;
  readonly before: string;
  readonly after: string;
}

/** A plan, what differs, and what to type when it is refused. */
export interface ProposedChange {
  readonly plan: Plan<DnsActions>;
  readonly rows: readonly ChangeRow[];
  readonly hint: string;
}

/** What a change is for. */
interface Intent {
  readonly kind: OperationKind;
  readonly title: string;
  /** The operation that it takes back. */
  readonly undoes?: string;
  /** What else the operator should know. */
  readonly notes?: readonly Risk[];
  /** Then authorities and resolvers are asked afterwards. */
  readonly judgement?: Judgement;
}

/** The plan that makes these changes, or that is refused as a whole and has no step. */
export function proposedChange(
  { kind, title, undoes, notes = [], judgement }: Intent,
  given: readonly AuthorityChanges[],
  guards: readonly Guard[],
  facts: DnsFacts,
): ProposedChange {
  const all = guards.length > 0 ? [] : given.filter(({ changes }) => changes.length > 0);
  const authorities = new Set(all.map(({ answer }) => answer.authority));
  const names = facts.zones.flatMap((zone) => [...zone.names.values()]);
  const plan: Plan<DnsActions> = {
    version: 2,
    kind,
    title,
    scope: {
      apps: [],
      groups: [],
      rooms: [...new Set(names.flatMap(({ rooms }) => [...rooms.keys()]))].sort(),
    },
    locks: [...new Set(all.map(({ zone }) => `dns/${zone.name}`))].sort(),
    claims: [],
    ...(undoes === undefined ? {} : { undoes }),
    hosts: facts.hosts.filter(({ name }) => authorities.has(name)),
    ...changeStages(all, facts, judgement),
    risks: [...refusals(guards), ...heldNotes(facts), ...notes, ...ttlNotes(all)],
  };
  return { plan, rows: all.flatMap(rowsOf), hint: hintOf(guards) };
}

function rowsOf({ zone, answer, changes }: AuthorityChanges): ChangeRow[] {
  const after = setsAfter(answer.sets, changes);
  return changedNames(changes).flatMap((below) => {
    const name = zone.names.get(below);
    if (name === undefined) return [];
    const words = (sets: readonly RecordSet[]) =>
      leadsTo(
        sets.filter((set) => set.name === below),
        name,
        zone.provider,
      );
    return [
      {
        name: wholeName(below, zone.name),
        authority: answer.authority,
        before: words(answer.sets),
        after: words(after),
      },
    ];
  });
}

function ttlNotes(all: readonly AuthorityChanges[]): Risk[] {
  const seconds = oldTtlSeconds(all.flatMap(({ changes }) => changes));
  if (seconds === 0) return [];
  return [{ level: 'note', message: `users may have the old answer for ${seconds}s more, its TTL` }];
}
