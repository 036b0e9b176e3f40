import type { DnsName, DnsZone } from '../config/config-types.js';
import { computedBy, weightedSetOf } from '../layers/dns/adapters.js';
import { fitsAnswer } from '../layers/dns/expected-answer.js';
import { changesTo, type RecordSet, wholeName } from '../layers/dns/records.js';
import { wantedSets } from '../layers/dns/wanted.js';
import { findDisagreements, setsOf } from './disagreements.js';
import { leadsTo } from './leads-to.js';
import type { AuthorityAnswer, AuthorityPlace, ZoneReport } from './read-zones.js';

/**
 * The state of a name at an authority. as declared: its records are those of the steady state. differs: they are others.
 * answers otherwise: the records are right, and users are told something else. unknown: the authority could not be asked.
 */
export type NameState = 'as declared' | 'differs' | 'answers otherwise' | 'unknown';

export interface NameRow extends AuthorityPlace {
  /** The whole name. */
  readonly name: string;
  readonly class: string;
  /** Where it leads users, in words; null: not known. */
  readonly found: string | null;
  readonly declared: string;
  readonly state: NameState;
}

/** A row for each declared name at each authority. */
export function nameRows({ zones, answers, silent }: ZoneReport): NameRow[] {
  return zones.flatMap((zone) =>
    [...zone.names.values()].flatMap((name) => [
      ...answers.filter((answer) => answer.zone === zone.name).map((answer) => rowOf(zone, name, answer)),
      ...silent
        .filter((place) => place.zone === zone.name)
        .map(({ message: _, ...place }) => ({
          ...place,
          ...declaredOf(zone, name),
          found: null,
          state: 'unknown' as const,
        })),
    ]),
  );
}

/** A sentence for each name about which authorities disagree. */
export function disagreements(report: ZoneReport): string[] {
  return findDisagreements(report).map(
    ({ whole, first, other }) => `${whole}: ${first.authority} and ${other.authority} disagree`,
  );
}

function rowOf(zone: DnsZone, name: DnsName, { sets, answers, ...place }: AuthorityAnswer): NameRow {
  const own = setsOf(name.name, { sets });
  const told = answers.find((answer) => answer.name === name.name);
  const differs = changesTo(steadySets(zone, name), own).length > 0;
  const isTold = told === undefined || fitsAnswer(own, told, computedBy(zone.provider));
  const found = leadsTo(own, name, zone.provider);
  return {
    ...place,
    ...declaredOf(zone, name),
    found: isTold ? found : `${found}; answers ${[told.status, ...told.addresses].join(' ')}`,
    state: differs ? 'differs' : isTold ? 'as declared' : 'answers otherwise',
  };
}

function declaredOf(zone: DnsZone, name: DnsName) {
  return {
    name: wholeName(name.name, zone.name),
    class: name.class,
    declared: leadsTo(steadySets(zone, name), name, zone.provider),
  };
}

function steadySets({ provider }: DnsZone, name: DnsName): RecordSet[] {
  return wantedSets(name, name.steady, weightedSetOf(provider));
}
