import type { DnsZone } from '../config/config-types.js';
import { judgedBy } from '../layers/dns/adapters.js';
import { type RecordSet, type SetChange, wholeName } from '../layers/dns/records.js';
import type { OperationKind, Plan, Risk } from '../plan/plan.js';
import { type Guard, hintOf, refusals } from '../plan/risk.js';
import type { DnsActions } from './actions.js';
import type { AuthorityChanges } from './authority-changes.js';
import type { DnsFacts } from './change-facts.js';
import { heldNotes } from './change-guards.js';
import { changeStages } from './change-stages.js';
import { areOfTtl, changedNames, oldTtlSeconds, setsAfter, wholeNamesOf } from './changes.js';
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
    risks: [...refusals(guards), ...heldNotes(facts), ...notes, ...forcedNotes(kind, all), ...ttlNotes(all)],
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

/** Names that the authority judged by health, and that lead where they are told from here on. */
function forcedNotes(kind: OperationKind, all: readonly AuthorityChanges[]): Risk[] {
  if (kind === 'dns-health' || kind === 'dns-undo') return [];
  const isJudged = ({ provider }: DnsZone, content: SetChange['from']) =>
    (content?.values ?? []).some((value) => judgedBy(provider, value) !== undefined);
  const forced = all.flatMap(({ zone, changes }) => {
    const own = changes.filter(({ from, to }) => isJudged(zone, from) && !isJudged(zone, to));
    return wholeNamesOf(own, zone.name);
  });
  const names = [...new Set(forced)].join(', ');
  if (names === '') return [];
  const message = `forced, whatever the health of the rooms, until it is taken back: ${names}`;
  return [{ level: 'note', message }];
}

function ttlNotes(all: readonly AuthorityChanges[]): Risk[] {
  const seconds = oldTtlSeconds(all.flatMap(({ changes }) => changes));
  if (seconds === 0) return [];
  if (areOfTtl(all.flatMap(({ changes }) => changes)))
    return [{ level: 'note', message: `resolvers may keep the old TTL for ${seconds}s more` }];
  return [{ level: 'note', message: `users may have the old answer for ${seconds}s more, its TTL` }];
}
