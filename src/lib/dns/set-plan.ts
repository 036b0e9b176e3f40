import type { DnsName, DnsZone } from '../config/config-types.js';
import { changesTo, wholeName } from '../layers/dns/records.js';
import { quoteWord } from '../shell/quote.js';
import type { DnsFacts } from './change-facts.js';
import { authorityGuards, type Guard } from './change-guards.js';
import { type ProposedChange, proposedChange } from './change-plan.js';
import type { AuthorityChanges } from './change-stages.js';
import { findDisagreements, setsOf } from './disagreements.js';
import { leadsTo } from './leads-to.js';
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
    ...disagreementGuards(request, facts),
    ...each.flatMap(({ refused }) => refused),
  ];
  const kind = request.target.kind === 'without' ? 'dns-unset' : 'dns-set';
  return proposedChange({ kind, title: titleOf(request) }, each, guards, facts);
}

function changesAt(
  request: DnsRequest,
  zone: DnsZone,
  answer: AuthorityAnswer,
): Pick<AuthorityChanges, 'changes'> & { readonly refused: readonly Guard[] } {
  const each = [...zone.names.values()].map((name) => {
    const found = setsOf(name.name, answer);
    const wanted = wantedAt(name, zone.provider, found, request);
    const whole = wholeName(name.name, zone.name);
    if ('refused' in wanted)
      return {
        changes: [],
        refused: [
          {
            message: `${whole} ${wanted.refused}`,
            hint: `such as: kuafu dns set ${quoteWord(whole)} --to ${roomOf(name)}`,
          },
        ],
      };
    return { changes: changesTo(wanted.sets, found), refused: [] };
  });
  return { changes: each.flatMap(({ changes }) => changes), refused: each.flatMap(({ refused }) => refused) };
}

/** A room to name in an example. */
function roomOf({ rooms }: DnsName): string {
  return quoteWord([...rooms.keys()].at(-1) ?? '');
}

/** What the configuration declares makes authorities agree; anything else would hide that somebody has changed one of them. */
function disagreementGuards({ target }: DnsRequest, facts: DnsFacts): Guard[] {
  if (target.kind === 'steady') return [];
  return findDisagreements(facts).map(({ zone, name, whole, first, other }) => {
    const words = (at: AuthorityAnswer) =>
      `${at.authority} leads it to ${leadsTo(setsOf(name.name, at), name, zone.provider)}`;
    return {
      message: `the authorities disagree about ${whole}: ${words(first)}, and ${words(other)}`,
      hint: `make them the same first: kuafu dns set ${quoteWord(whole)} --steady`,
    };
  });
}

const MOST_NAMES = 3;

function titleOf({ zones, target }: DnsRequest): string {
  const all = zones.flatMap((zone) => [...zone.names.keys()].map((name) => wholeName(name, zone.name)));
  const more = all.length > MOST_NAMES ? [`${all.length - MOST_NAMES} more`] : [];
  const names = [...all.slice(0, MOST_NAMES), ...more].join(', ');
  return target.kind === 'without'
    ? `take room ${target.room} out of ${names}`
    : `lead ${names} ${wayOf(target)}`;
}

function wayOf(target: Exclude<DnsTarget, { readonly kind: 'without' }>): string {
  if (target.kind === 'steady') return 'as the configuration declares';
  const some = [...target.weights].filter(([, weight]) => weight > 0);
  const isEven = new Set(some.map(([, weight]) => weight)).size <= 1;
  if (isEven) return `to ${some.map(([room]) => room).join(' and ') || 'no room'}`;
  return `to ${some.map(([room, weight]) => `${room} ${weight}`).join(' : ')}`;
}
