import type { DnsName, DnsZone } from '../config/config-types.js';
import { computedBy, judgedSetOf, weightedSetOf } from '../layers/dns/adapters.js';
import { fitsAnswer } from '../layers/dns/expected-answer.js';
import { changesTo, type RecordSet, wholeName } from '../layers/dns/records.js';
import { wantedSets } from '../layers/dns/wanted.js';
import { findDisagreements, setsOf } from './disagreements.js';
import { type Lead, leadOf, leadWords } from './leads-to.js';
import type { AuthorityAnswer, AuthorityPlace, ZoneReport } from './read-zones.js';

/**
 * The state of a name at an authority. as declared: its records are those of the steady state. differs: they are others.
 * answers otherwise: the records are right, and users are told something else. unknown: the authority could not be asked.
 */
export type NameState = 'as declared' | 'differs' | 'answers otherwise' | 'unknown';

/** A declared name at an authority, beside what is declared. */
export interface NameView extends AuthorityPlace {
  /** The whole name. */
  readonly name: string;
  readonly class: string;
  /** Where its records lead users; null: not known. */
  readonly found: Lead | null;
  /** What users are told otherwise than the records say; null: nothing else, or it cannot be asked. */
  readonly told: string | null;
  readonly declared: Lead;
  readonly state: NameState;
}

/** The same in words. */
export interface NameRow extends Omit<NameView, 'found' | 'told' | 'declared'> {
  /** Null: not known. */
  readonly found: string | null;
  readonly declared: string;
}

/** A view of each declared name at each authority. */
export function nameViews({ zones, answers, silent }: ZoneReport): NameView[] {
  return zones.flatMap((zone) =>
    [...zone.names.values()].flatMap((name) => [
      ...answers.filter((answer) => answer.zone === zone.name).map((answer) => viewOf(zone, name, answer)),
      ...silent
        .filter((place) => place.zone === zone.name)
        .map(({ message: _, ...place }) => ({
          ...place,
          ...declaredOf(zone, name),
          found: null,
          told: null,
          state: 'unknown' as const,
        })),
    ]),
  );
}

/** A row for each declared name at each authority. */
export function nameRows(report: ZoneReport): NameRow[] {
  return nameViews(report).map((view) => {
    const { told: _, ...row } = view;
    return { ...row, declared: leadWords(view.declared), found: foundWords(view) };
  });
}

/** `A and B, 5s`, and what users are told otherwise; null: not known. */
export function foundWords({ found, told }: Pick<NameView, 'found' | 'told'>): string | null {
  if (found === null) return null;
  return told === null ? leadWords(found) : `${leadWords(found)}; answers ${told}`;
}

/** A sentence for each name about which authorities disagree. */
export function disagreements(report: ZoneReport): string[] {
  return findDisagreements(report).map(
    ({ whole, first, other }) => `${whole}: ${first.authority} and ${other.authority} disagree`,
  );
}

function viewOf(zone: DnsZone, name: DnsName, { sets, answers, ...place }: AuthorityAnswer): NameView {
  const own = setsOf(name.name, { sets });
  const told = answers.find((answer) => answer.name === name.name);
  const differs = changesTo(steadySets(zone, name), own).length > 0;
  const isTold = told === undefined || fitsAnswer(own, told, computedBy(zone.provider));
  return {
    ...place,
    ...declaredOf(zone, name),
    found: leadOf(own, name, zone.provider),
    told: isTold ? null : [told.status, ...told.addresses].join(' '),
    state: differs ? 'differs' : isTold ? 'as declared' : 'answers otherwise',
  };
}

function declaredOf(zone: DnsZone, name: DnsName) {
  return {
    name: wholeName(name.name, zone.name),
    class: name.class,
    declared: leadOf(steadySets(zone, name), name, zone.provider),
  };
}

function steadySets({ provider }: DnsZone, name: DnsName): RecordSet[] {
  const judged = name.judging && judgedSetOf(provider);
  if (judged && name.judging) return [judged(name.name, name.ttlSeconds, name.judging)];
  return wantedSets(name, name.steady, weightedSetOf(provider));
}
