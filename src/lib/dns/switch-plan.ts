import type { DnsName, DnsZone } from '../config/config-types.js';
import { changesTo, isSameContent, wholeName } from '../layers/dns/records.js';
import type { Risk } from '../plan/plan.js';
import type { Guard } from '../plan/risk.js';
import { quoteWord } from '../shell/quote.js';
import type { AuthorityChanges, PartOfChange } from './authority-changes.js';
import type { DnsFacts } from './change-facts.js';
import { authorityGuards, disagreementGuards } from './change-guards.js';
import { type ProposedChange, proposedChange } from './change-plan.js';
import { changedNames, inOne } from './changes.js';
import { declaredNames, someOf } from './declared-names.js';
import { setsOf } from './disagreements.js';
import { type EntryState, entriesOf } from './entries.js';
import type { AuthorityAnswer } from './read-zones.js';
import { recoveryNotes } from './recovery.js';
import type { DnsSwitch } from './switch-request.js';
import { unknownLeadGuard } from './unknown-lead.js';
import { switchedAt } from './wanted-names.js';

/** What becomes of one name at one authority. */
interface Fate {
  /** For each step; empty: it stays. */
  readonly changes: readonly AuthorityChanges['changes'][];
  readonly refused: readonly Guard[];
  /** Why it is left as it is, in words that follow the name. */
  readonly left: readonly { readonly whole: string; readonly why: string }[];
  readonly slow: readonly string[];
  /** Its provider knows no weights. */
  readonly unable: readonly Unable[];
}

interface Unable {
  readonly whole: string;
  readonly provider: string;
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
    return [{ zone, answer, ...changesIn(fates, request), fates }];
  });
  const fates = each.flatMap((one) => one.fates);
  const moved = movedNames(each);
  const guards = [
    ...authorityGuards(facts),
    ...disagreementGuards(facts),
    ...fates.flatMap(({ refused }) => refused),
    ...unableGuards(request, fates),
    ...sickGuards(request, moved, entries),
  ];
  const notes = [
    ...leftNotes(fates),
    ...entryNotes(request, moved, entries),
    ...new Set(fates.flatMap(({ slow }) => slow)),
    ...resolverNotes(request.zones, moved),
  ].map((message): Risk => ({ level: 'note', message }));
  const ways = `from ${request.from} to ${request.to}${stepWords(request)}`;
  const title = `switch ${someOf(moved.map(({ whole }) => whole))} ${ways}`;
  const asked = entriesOf(request).filter(({ name }) => moved.some(({ whole }) => whole === name));
  const judgement = { from: request.from, to: request.to, entries: asked };
  return proposedChange({ kind: 'dns-switch', title, notes, judgement }, each, guards, facts);
}

function stepWords({ steps }: DnsSwitch): string {
  return steps.length === 1 ? '' : ` in steps of ${steps.join(', ')}%`;
}

/** The changes of all names at an authority, together in each step. */
function changesIn(
  fates: readonly Fate[],
  { steps }: DnsSwitch,
): Pick<AuthorityChanges, 'changes' | 'steps'> {
  const parts = steps.map((percent, index): PartOfChange => {
    return { percent, changes: fates.flatMap(({ changes }) => changes[index] ?? []) };
  });
  const all = inOne(parts.map(({ changes }) => changes));
  const changes = all.filter(({ from, to }) => !isSameContent(from, to));
  return steps.length === 1 ? { changes } : { changes, steps: parts };
}

function fateOf(request: DnsSwitch, zone: DnsZone, name: DnsName, answer: AuthorityAnswer): Fate {
  const none: Fate = { changes: [], refused: [], left: [], slow: [], unable: [] };
  const found = setsOf(name.name, answer);
  const whole = wholeName(name.name, zone.name);
  const wanted = switchedAt(name, zone.provider, found, request);
  if ('left' in wanted) return { ...none, left: [{ whole, why: wanted.left }] };
  if ('unable' in wanted) return { ...none, unable: [{ whole, provider: zone.provider.kind }] };
  if ('refused' in wanted) {
    return { ...none, refused: [unknownLeadGuard(whole, wanted.refused, request.to)] };
  }
  const ttl = Math.max(0, ...found.map(({ ttlSeconds }) => ttlSeconds));
  const isSlow = ttl > name.ttlSeconds;
  const late = recoveryNotes(zone, [name.name], ttl);
  return {
    ...none,
    changes: wanted.steps.map((sets, index) => changesTo(sets, wanted.steps[index - 1] ?? found)),
    slow: [
      ...(isSlow ? [`the TTL of ${whole} is ${ttl}s, and ${name.ttlSeconds}s is declared`] : []),
      ...late.map((message) => `${message}; --prepare makes it shorter beforehand`),
    ],
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

function unableGuards({ from, to }: DnsSwitch, fates: readonly Fate[]): Guard[] {
  const all = fates.flatMap(({ unable }) => unable);
  return [...new Set(all.map(({ provider }) => provider))].map((provider) => {
    const names = [...new Set(all.filter((each) => each.provider === provider).map(({ whole }) => whole))];
    return {
      message: `${provider} answers nobody by weight, so it leads no name in steps: ${names.join(', ')}`,
      hint: `at once: kuafu dns switch --from ${quoteWord(from)} --to ${quoteWord(to)} --name ${names.map(quoteWord).join(' ')}`,
    };
  });
}

function sickGuards({ to }: DnsSwitch, moved: Moved, entries: readonly EntryState[]): Guard[] {
  return statesOf(moved, entries).flatMap(({ name, address, health }) =>
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
  const silent = statesOf(moved, entries).flatMap(({ name, address, health }) =>
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

function statesOf(moved: Moved, entries: readonly EntryState[]): EntryState[] {
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
