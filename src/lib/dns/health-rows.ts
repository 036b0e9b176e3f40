import { judgedBy } from '../layers/dns/adapters.js';
import { wholeName } from '../layers/dns/records.js';
import { setsOf } from './disagreements.js';
import { leadsTo } from './leads-to.js';
import type { AuthorityPlace, ZoneReport } from './read-zones.js';

/** A declared name at an authority, and whether that judges it by health. */
export interface HealthRow extends AuthorityPlace {
  /** The whole name. */
  readonly name: string;
  readonly isJudged: boolean;
  /** Whether the configuration declares it so. */
  readonly isDeclared: boolean;
  /** Where its records lead users, in words. */
  readonly leadsTo: string;
  /** What each address is asked, with the host; empty: it is not judged. */
  readonly urls: readonly string[];
  /** What users are told now; empty: nothing, or it cannot be asked. */
  readonly answers: readonly string[];
}

/** A row for each declared name at each authority that answered. */
export function healthRows({ zones, answers }: ZoneReport): HealthRow[] {
  return zones.flatMap((zone) =>
    [...zone.names.values()].flatMap((name) =>
      answers
        .filter((answer) => answer.zone === zone.name)
        .map(({ sets, answers: told, state: _, ...place }): HealthRow => {
          const own = setsOf(name.name, { sets });
          const judged = own.flatMap(({ values }) =>
            values.flatMap((value) => judgedBy(zone.provider, value) ?? []),
          );
          return {
            ...place,
            name: wholeName(name.name, zone.name),
            isJudged: judged.length > 0,
            isDeclared: name.judging !== undefined,
            leadsTo: leadsTo(own, name, zone.provider),
            urls: [...new Set(judged.map(({ url }) => url))],
            answers: told.find((each) => each.name === name.name)?.addresses ?? [],
          };
        }),
    ),
  );
}
