import type { DnsName, DnsZone } from '../config/config-types.js';
import { changesTo, type RecordSet, wholeName } from '../layers/dns/records.js';
import type { AuthorityAnswer, ZoneReport } from './read-zones.js';

/** A name about which two authorities that were asked disagree: users are told one thing or the other. */
export interface Disagreement {
  readonly zone: DnsZone;
  readonly name: DnsName;
  /** The whole name. */
  readonly whole: string;
  readonly first: AuthorityAnswer;
  readonly other: AuthorityAnswer;
}

export function findDisagreements({ zones, answers }: Pick<ZoneReport, 'zones' | 'answers'>): Disagreement[] {
  return zones.flatMap((zone) =>
    [...zone.names.values()].flatMap((name) => {
      const own = answers.filter((answer) => answer.zone === zone.name);
      const [first] = own;
      const other = own.find(
        (each) => first && changesTo(setsOf(name.name, each), setsOf(name.name, first)).length > 0,
      );
      if (first === undefined || other === undefined) return [];
      return [{ zone, name, whole: wholeName(name.name, zone.name), first, other }];
    }),
  );
}

/** The sets of a name at an authority. */
export function setsOf(name: string, { sets }: Pick<AuthorityAnswer, 'sets'>): RecordSet[] {
  return sets.filter((set) => set.name === name);
}
