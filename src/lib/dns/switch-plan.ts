import type { DnsName, DnsZone } from '../config/config-types.js';
import { changesTo, wholeName } from '../layers/dns/records.js';
import type { Risk } from '../plan/plan.js';
import type { Guard } from '../plan/risk.js';
import { quoteWord } from '../shell/quote.js';
import type { DnsFacts } from './change-facts.js';
import { authorityGuards, disagreementGuards } from './change-guards.js';
import { type ProposedChange, proposedChange } from './change-plan.js';
import type { AuthorityChanges } from './change-stages.js';
import { changedNames } from './changes.js';
import { declaredNames, someOf } from './declared-names.js';
import { setsOf } from './disagreements.js';
import type { EntryState } from './entries.js';
import type { AuthorityAnswer } from './read-zones.js';
import type { DnsSwitch } from './switch-request.js';
import { switchedAt } from './wanted-names.js';

/** What becomes of one name at one authority. */
interface Fate {
  readonly changes: AuthorityChanges['changes'];
  readonly refused: readonly Guard[];
  /** Why it is left as it is, in words that follow the name. */
  readonly left: readonly { readonly whole: string; readonly why: string }[];
  readonly slow: readonly string[];
}

/** Leads the names that lead to one room to another, and judges it. All other names stay. Pure. */
export function planDnsSwitch(
  request: DnsSwitch,
  facts: DnsFacts,
  entries: readonly EntryState[],
): ProposedChange {
  const each = facts.answers.flatMap((answer) => {
    const zone = request.zones.find(({ name }) => name === answer.zone);
    if (zone === undefined) return [];
    const fates = [...zone.names.values()].map((name) => fateOf(request, zone, name, answer));
    return [{ zone, answer, changes: fates.flatMap(({ changes }) => changes), fates }];
  });
  const fates = each.flatMap((one) => one.fates);
  const moved = movedNames(each);
  const guards = [
    ...authorityGuards(facts),
    ...disagreementGuards(facts),
    ...fates.flatMap(({ refused }) => refused),
    ...sickGuards(request, moved, entries),
  ];
  const notes = [
    ...leftNotes(fates),
    ...entryNotes(request, moved, entries),
    ...new Set(fates.flatMap(({ slow }) => slow)),
    ...resolverNotes(request.zones, moved),
  ].map((message): Risk => ({ level: 'note', message }));
  const title = `switch ${someOf(moved.map(({ whole }) => whole))} from ${request.from} to ${request.to}`;
  return proposedChange({ kind: 'dns-switch', title, notes, judgedBy: request.from }, each, guards, facts);
}

function fateOf(request: DnsSwitch, zone: DnsZone, name: DnsName, answer: AuthorityAnswer): Fate {
  const none: Fate = { changes: [], refused: [], left: [], slow: [] };
  const found = setsOf(name.name, answer);
  const whole = wholeName(name.name, zone.name);
  const wanted = switchedAt(name, zone.provider, found, request);
  if ('left' in wanted) return { ...none, left: [{ whole, why: wanted.left }] };
  if ('refused' in wanted) {
    const hint = `such as: kuafu dns set ${quoteWord(whole)} --to ${quoteWord(request.to)}`;
    return { ...none, refused: [{ message: `${whole} ${wanted.refused}`, hint }] };
  }
  const ttl = Math.max(0, ...found.map(({ ttlSeconds }) => ttlSeconds));
  const isSlow = ttl > name.ttlSeconds;
  return {
    ...none,
    changes: changesTo(wanted.sets, found),
    slow: isSlow ? [`the TTL of ${whole} is ${ttl}s, and ${name.ttlSeconds}s is declared`] : [],
  };
}

function movedNames(all: readonly AuthorityChanges[]): ReturnType<typeof declaredNames> {
  const moved = new Set(
    all.flatMap(({ zone, changes }) => changedNames(changes).map((name) => wholeName(name, zone.name))),
  );
  const zones = [...new Set(all.map(({ zone }) => zone))];
  return declaredNames(zones).filter(({ whole }) => moved.has(whole));
}

type Moved = ReturnType<typeof movedNames>;

function sickGuards({ to }: DnsSwitch, moved: Moved, entries: readonly EntryState[]): Guard[] {
  return entriesOf(moved, entries).flatMap(({ name, address, health }) =>
    health.state === 'sick'
      ? [
          {
            message: `the entry of room ${to} for ${name} is not healthy: ${address}: ${health.reason}`,
            hint: `led there all the same: kuafu dns set ${quoteWord(name)} --to ${quoteWord(to)}`,
          },
        ]
      : [],
  );
}

function entryNotes({ to }: DnsSwitch, moved: Moved, entries: readonly EntryState[]): string[] {
  const silent = entriesOf(moved, entries).flatMap(({ name, address, health }) =>
    health.state === 'unknown'
      ? [`the entry of room ${to} for ${name} could not be asked: ${address}: ${health.reason}`]
      : [],
  );
  const unasked = moved.filter(({ name }) => name.health === undefined).map(({ whole }) => whole);
  if (unasked.length === 0) return silent;
  return [
    ...silent,
    `whether room ${to} answers was not asked, without \`health\` for ${unasked.join(', ')}`,
  ];
}

function entriesOf(moved: Moved, entries: readonly EntryState[]): EntryState[] {
  return entries.filter(({ name }) => moved.some(({ whole }) => whole === name));
}

/** Names that are left for the same reason at every authority, in one sentence for each reason. */
function leftNotes(fates: readonly Fate[]): string[] {
  const reasons = new Map<string, Set<string>>();
  for (const { whole, why } of fates.flatMap(({ left }) => left))
    reasons.set(why, (reasons.get(why) ?? new Set()).add(whole));
  return [...reasons].map(([why, names]) => `left as it is, as it ${why}: ${[...names].join(', ')}`);
}

function resolverNotes(zones: readonly DnsZone[], moved: Moved): string[] {
  const without = zones.filter(
    ({ name, resolvers }) => resolvers.length === 0 && moved.some(({ zone }) => zone === name),
  );
  if (without.length === 0) return [];
  const names = without.map(({ name }) => name).join(', ');
  return [`how long resolvers keep the old answer is not judged: no \`resolvers\` for ${names}`];
}
