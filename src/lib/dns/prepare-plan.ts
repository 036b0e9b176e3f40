import type { DnsName, DnsZone } from '../config/config-types.js';
import { changesTo, wholeName } from '../layers/dns/records.js';
import type { Risk } from '../plan/plan.js';
import type { Guard } from '../plan/risk.js';
import type { AuthorityChanges } from './authority-changes.js';
import type { DnsFacts } from './change-facts.js';
import { authorityGuards, disagreementGuards } from './change-guards.js';
import { type ProposedChange, proposedChange } from './change-plan.js';
import { wholeNamesOf } from './changes.js';
import { someOf } from './declared-names.js';
import { setsOf } from './disagreements.js';
import type { AuthorityAnswer } from './read-zones.js';
import { recoveryNotes } from './recovery.js';
import type { DnsPrepare } from './switch-request.js';
import { unknownLeadGuard } from './unknown-lead.js';
import { switchedAt } from './wanted-names.js';

/**
 * Gives the names that a switch would move a shorter TTL, and leaves them where they lead: once the old TTL is over, a switch is
 * quick. Names whose TTL is as short stay as they are. Pure.
 */
export function planDnsPrepare(request: DnsPrepare, facts: DnsFacts): ProposedChange {
  const each = facts.answers.flatMap((answer) => {
    const zone = request.zones.find(({ name }) => name === answer.zone);
    return zone === undefined ? [] : [{ zone, answer, ...shorterAt(request, zone, answer) }];
  });
  const guards = [
    ...authorityGuards(facts),
    ...disagreementGuards(facts),
    ...each.flatMap(({ refused }) => refused),
  ];
  const slow = request.zones.flatMap((zone) =>
    recoveryNotes(zone, [...zone.names.keys()], request.ttlSeconds),
  );
  const notes = [...new Set(slow)].map((message): Risk => ({ level: 'note', message }));
  const names = [...new Set(each.flatMap(({ zone, changes }) => wholeNamesOf(changes, zone.name)))];
  const title = `prepare the switch of ${someOf(names)} from ${request.from} to ${request.to}: TTL ${request.ttlSeconds}s`;
  return proposedChange({ kind: 'dns-prepare', title, notes }, each, guards, facts);
}

function shorterAt(
  request: DnsPrepare,
  zone: DnsZone,
  answer: AuthorityAnswer,
): Pick<AuthorityChanges, 'changes'> & { readonly refused: readonly Guard[] } {
  const each = [...zone.names.values()].map((name) => shorterOf(request, zone, name, answer));
  return { changes: each.flatMap(({ changes }) => changes), refused: each.flatMap(({ refused }) => refused) };
}

function shorterOf(
  { ttlSeconds, ...request }: DnsPrepare,
  zone: DnsZone,
  name: DnsName,
  answer: AuthorityAnswer,
): Pick<AuthorityChanges, 'changes'> & { readonly refused: readonly Guard[] } {
  const found = setsOf(name.name, answer);
  const wanted = switchedAt(name, zone.provider, found, request);
  if ('refused' in wanted) {
    const whole = wholeName(name.name, zone.name);
    return { changes: [], refused: [unknownLeadGuard(whole, wanted.refused, request.to)] };
  }
  if (!('steps' in wanted)) return { changes: [], refused: [] };
  const shorter = found.map((set) => ({ ...set, ttlSeconds: Math.min(set.ttlSeconds, ttlSeconds) }));
  return { changes: changesTo(shorter, found), refused: [] };
}
