import type { Risk } from './plan.js';

/** A risk that stops the operation before it starts; `keep` as in Risk. */
export function refusal(message: string, keep?: string): Risk {
  return { level: 'refuse', message, ...(keep === undefined ? {} : { keep }) };
}

/** The `--keep` with which no risk would refuse any more; undefined if there is none, or no refusal. */
export function workingKeep(risks: readonly Risk[]): string | undefined {
  const refused = risks.filter(({ level }) => level === 'refuse');
  const kept = refused.flatMap(({ keep }) => keep ?? []);
  if (kept.length < refused.length) return undefined;
  // All are numbers, or all are percentages, as the one that was asked for.
  return kept.toSorted((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10))[0];
}

/** Why nothing is changed, and what to type about it. */
export interface Guard {
  readonly message: string;
  readonly hint: string;
}

export function refusals(guards: readonly Guard[]): Risk[] {
  return [...new Set(guards.map(({ message }) => message))].map((message) => refusal(message));
}

/** What to type, a line each. */
export function hintOf(guards: readonly Guard[]): string {
  return [...new Set(guards.map(({ hint }) => hint))].join('\n');
}
