import { leadWords } from '../dns/leads-to.js';
import { foundWords, type NameState, type NameView, nameViews } from '../dns/name-status.js';
import type { ZoneReport } from '../dns/read-zones.js';
import type { Deviation } from './deviation.js';

/** A declared name, and the authorities that have it alike. */
export interface SwitchName {
  readonly zone: string;
  /** The whole name. */
  readonly name: string;
  readonly class: string;
  readonly authorities: readonly string[];
  /** Where it leads users, in words; null: not known. */
  readonly found: string | null;
  readonly declared: string;
  readonly state: NameState;
}

/** The names, those of a class together. */
export function namesIn(report: ZoneReport): SwitchName[] {
  const names = alikeIn(report).map(
    ({ view, authorities }): SwitchName => ({
      zone: view.zone,
      name: view.name,
      class: view.class,
      authorities,
      found: foundWords(view),
      declared: leadWords(view.declared),
      state: view.state,
    }),
  );
  const classes = [...new Set(names.map((name) => name.class))];
  return classes.flatMap((each) => names.filter((name) => name.class === each));
}

/** A sentence for each name that is not as declared. Authorities are named where not all of them have it so. */
export function nameDeviations(report: ZoneReport): Deviation[] {
  return alikeIn(report).flatMap(({ view, authorities, isAll }) => {
    const sentence = sentenceOf(view, isAll ? '' : ` at ${authorities.join(', ')}`);
    return sentence === undefined ? [] : [{ subject: view.name, sentence }];
  });
}

interface Alike {
  readonly view: NameView;
  readonly authorities: readonly string[];
  /** No other authority of the zone has it otherwise, and none is silent. */
  readonly isAll: boolean;
}

function alikeIn(report: ZoneReport): Alike[] {
  const views = nameViews(report);
  const groups = new Map<string, NameView[]>();
  for (const view of views) {
    const key = JSON.stringify([view.zone, view.name, view.state, foundWords(view)]);
    groups.set(key, [...(groups.get(key) ?? []), view]);
  }
  return [...groups.values()].flatMap((own) => {
    const [view] = own;
    if (view === undefined) return [];
    const all = views.filter(({ zone, name }) => zone === view.zone && name === view.name);
    return [{ view, authorities: own.map(({ authority }) => authority), isAll: own.length === all.length }];
  });
}

function sentenceOf({ name, state, found, told, declared }: NameView, where: string): string | undefined {
  if (state === 'answers otherwise')
    return `${name}${where} is answered with ${told}, not as its records say`;
  if (state !== 'differs' || found === null) return undefined;
  if (found.places !== declared.places)
    return `${name} points ${found.places === 'nowhere' ? 'nowhere' : `at ${found.places}`}${where}; declared is ${declared.places}`;
  if (found.ttl !== declared.ttl)
    return `${name} has a TTL of ${found.ttl}${where}; declared is ${declared.ttl}`;
  return `${name} has other records${where} than declared`;
}
