import { excerpt } from '../masking/masked.js';
import type { Secrets } from '../masking/secret.js';

/** What a step looked at, so that a reader of the record can judge it too: `lag 0.0 s, wanted 0`. */
export interface Evidence {
  readonly what: string;
  readonly seen: string;
  readonly wanted: string;
  readonly ok: boolean;
}

/** What a step records beside its result. */
export interface Findings {
  readonly evidence?: readonly Evidence[];
  /** Facts that later steps of any lane may read, also after a resume by another process; a name begins with its domain. */
  readonly facts?: Readonly<Record<string, string>>;
}

const MOST_EVIDENCE = 20;
const LONGEST_EVIDENCE = 300;
const MOST_FACTS = 20;
/** In characters. */
const LONGEST_FACT = 4000;
const FACT_NAME = /^[a-z][a-z0-9-]*(\.[A-Za-z0-9_-]+){1,6}$/;

/** The evidence as it is kept: masked first, then cut if it is too long. */
export function evidenceToKeep(evidence: readonly Evidence[], secrets: Secrets): Pick<Findings, 'evidence'> {
  const keep = (text: string) => excerpt(secrets.mask(text), LONGEST_EVIDENCE);
  const kept = evidence
    .slice(0, MOST_EVIDENCE)
    .map(({ what, seen, wanted, ok }) => ({ what: keep(what), seen: keep(seen), wanted: keep(wanted), ok }));
  return kept.length === 0 ? {} : { evidence: kept };
}

/**
 * The facts as they are kept. A fact is whole or absent, because a later step acts on it.
 * @returns `fault`: why they cannot be kept, in words that follow `it found`
 */
export function factsToKeep(
  facts: Readonly<Record<string, string>>,
  secrets: Secrets,
): Pick<Findings, 'facts'> | { readonly fault: string } {
  const all = Object.entries(facts);
  if (all.length === 0) return {};
  if (all.length > MOST_FACTS) return { fault: `more than ${MOST_FACTS} facts` };
  const bad = all.find(([name, value]) => !FACT_NAME.test(name) || value.length > LONGEST_FACT);
  if (bad !== undefined)
    return {
      fault: `${JSON.stringify(bad[0].slice(0, 60))}, whose ${bad[1].length} characters are no fact to keep`,
    };
  return { facts: Object.fromEntries(all.map(([name, value]) => [name, secrets.mask(value)])) };
}

/** `lag: 4.2 s, wanted 0`. */
export function evidenceWords({ what, seen, wanted }: Evidence): string {
  return `${what}: ${seen}, wanted ${wanted}`;
}
