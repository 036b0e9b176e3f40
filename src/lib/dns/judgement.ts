import { accessTo } from '../layers/dns/adapters.js';
import { type SetChange, wholeName } from '../layers/dns/records.js';
import type { Step } from '../plan/plan.js';
import type { DnsActions, DnsHoldAction } from './actions.js';
import type { AuthorityChanges, PartOfChange } from './authority-changes.js';
import { changedNames, oldTtlSeconds } from './changes.js';
import type { EntryPlace } from './entries.js';

/** How a change is judged once it is made. */
export interface Judgement {
  /** The room to which nobody shall be led any more. */
  readonly from: string;
  /** The room that receives them. */
  readonly to: string;
  /** Its entries, which are asked between the steps. */
  readonly entries: readonly EntryPlace[];
}

/** `set`, or `set 10%` for a step of several. */
export function verbAt(verb: string, percent: number | undefined): string {
  return percent === undefined ? verb : `${verb} ${percent}%`;
}

/** How long an authority may go on with its old answer, for example from a cache of its own. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * The authority answers as it was told, after each step; then resolvers forget what it answered before. Resolvers are asked once
 * for a zone, when it may be changed by others again: that takes a TTL.
 */
export function judgementOf(
  { zone, answer, changes }: AuthorityChanges,
  parts: readonly Partial<PartOfChange>[],
  { from }: Judgement,
  isFirst: boolean,
  file: string,
  idOf: (verb: string) => string,
): { readonly answers: readonly Steps[]; readonly forget: Steps } {
  const step = (verb: string, action: DnsActions) => ({ id: idOf(verb), title: idOf(verb), action });
  const { resolvers, name } = zone;
  const old = changedNames(changes).map((below) => ({
    name: wholeName(below, name),
    addresses: zone.names.get(below)?.rooms.get(from) ?? [],
  }));
  const at = { zone: accessTo(zone), authority: answer.authority, file };
  const forget = { resolvers, old, ttlSeconds: oldTtlSeconds(parts.at(-1)?.changes ?? []) };
  return {
    answers: parts.map(({ percent, changes: own = [] }) => [
      step(verbAt('answer', percent), {
        kind: 'dns.answer',
        ...at,
        changes: own,
        withinMs: ANSWER_WITHIN_MS,
      }),
    ]),
    forget:
      isFirst && resolvers.length > 0 ? [step('forget', { kind: 'dns.forget', zone: name, ...forget })] : [],
  };
}

type Steps = readonly Step<DnsActions>[];

/** After a step: until whoever has asked before it asks again. */
export function holdOf(changes: readonly SetChange[], { to, entries }: Judgement): DnsHoldAction {
  return { kind: 'dns.hold', room: to, entries, seconds: oldTtlSeconds(changes) };
}
