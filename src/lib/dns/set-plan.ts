import type { DnsName, DnsZone } from '../config/config-types.js';
import { changesTo, wholeName } from '../layers/dns/records.js';
import type { OperationKind } from '../plan/plan.js';
import type { Guard } from '../plan/risk.js';
import { quoteWord } from '../shell/quote.js';
import type { AuthorityChanges } from './authority-changes.js';
import type { DnsFacts } from './change-facts.js';
import { authorityGuards, disagreementGuards } from './change-guards.js';
import { type ProposedChange, proposedChange } from './change-plan.js';
import { declaredNames, someOf } from './declared-names.js';
import { setsOf } from './disagreements.js';
import type { AuthorityAnswer } from './read-zones.js';
import type { DnsRequest, DnsTarget } from './set-request.js';
import { wantedAt } from './wanted-names.js';

/**
 * Leads names to rooms, or one room out of their answer, at every authority of their zones. Nothing but the sets of these
 * names is changed, so the NS and SOA records of a zone stay. Pure.
 */
export function planDnsSet(request: DnsRequest, facts: DnsFacts): ProposedChange {
  const each = facts.answers.flatMap((answer) => {
    const zone = request.zones.find(({ name }) => name === answer.zone);
    return zone === undefined ? [] : [{ zone, answer, ...changesAt(request, zone, answer) }];
  });
  const guards = [
    ...authorityGuards(facts),
    // What the configuration declares makes them agree.
    ...(request.target.kind === 'steady' ? [] : disagreementGuards(facts)),
    ...each.flatMap(({ refused }) => refused),
  ];
  const kind = KINDS[request.target.kind];
  return proposedChange({ kind, title: titleOf(request) }, each, guards, facts);
}

const KINDS = {
  without: 'dns-unset',
  weights: 'dns-set',
  steady: 'dns-set',
  judged: 'dns-health',
  unjudged: 'dns-health',
} as const satisfies Readonly<Record<DnsTarget['kind'], OperationKind>>;

function changesAt(
  request: DnsRequest,
  zone: DnsZone,
  answer: AuthorityAnswer,
): Pick<AuthorityChanges, 'changes'> & { readonly refused: readonly Guard[] } {
  const each = [...zone.names.values()].map((name) => {
    const found = setsOf(name.name, answer);
    const wanted = wantedAt(name, zone, found, request);
    const whole = wholeName(name.name, zone.name);
    if ('refused' in wanted)
      return {
        changes: [],
        refused: [
          {
            message: `${whole} ${wanted.refused}`,
            hint: `such as: kuafu dns set ${quoteWord(whole)} --to ${roomOf(name, request)}`,
          },
        ],
      };
    return { changes: changesTo(wanted.sets, found), refused: [] };
  });
  return { changes: each.flatMap(({ changes }) => changes), refused: each.flatMap(({ refused }) => refused) };
}

/** A room to name in an example; not the one that shall lose its users. */
function roomOf({ rooms }: DnsName, { target }: DnsRequest): string {
  const left = target.kind === 'without' ? target.room : undefined;
  return quoteWord([...rooms.keys()].findLast((room) => room !== left) ?? '');
}

function titleOf({ zones, target }: DnsRequest): string {
  const names = someOf(declaredNames(zones).map(({ whole }) => whole));
  return target.kind === 'without'
    ? `take room ${target.room} out of ${names}`
    : `lead ${names} ${wayOf(target)}`;
}

function wayOf(target: Exclude<DnsTarget, { readonly kind: 'without' }>): string {
  if (target.kind === 'judged') return `by the health of their rooms, and with all down to ${target.allDown}`;
  if (target.kind === 'unjudged') return 'without regard to health';
  if (target.kind === 'steady') return 'as the configuration declares';
  const some = [...target.weights].filter(([, weight]) => weight > 0);
  const isEven = new Set(some.map(([, weight]) => weight)).size <= 1;
  if (isEven) return `to ${some.map(([room]) => room).join(' and ') || 'no room'}`;
  return `to ${some.map(([room, weight]) => `${room} ${weight}`).join(' : ')}`;
}
