import { type RecordSet, type SetChange, wholeName } from '../layers/dns/records.js';

/**
 * What changes that follow one another come to, for each set from what it was before the first; also where a set is in the end
 * as it was.
 */
export function inOne(steps: readonly (readonly SetChange[])[]): SetChange[] {
  const all = new Map<string, SetChange>();
  for (const change of steps.flat()) {
    const key = `${change.name} ${change.type}`;
    all.set(key, { ...change, from: (all.get(key) ?? change).from });
  }
  return [...all.values()];
}

/** The names that are changed, below their zone, each once. */
export function changedNames(changes: readonly SetChange[]): string[] {
  return [...new Set(changes.map(({ name }) => name))];
}

/** The same as users know them. */
export function wholeNamesOf(changes: readonly SetChange[], zone: string): string[] {
  return changedNames(changes).map((name) => wholeName(name, zone));
}

/** The sets once the changes are made. */
export function setsAfter(sets: readonly RecordSet[], changes: readonly SetChange[]): RecordSet[] {
  const isChanged = ({ name, type }: RecordSet) =>
    changes.some((change) => change.name === name && change.type === type);
  const made = changes.flatMap(({ name, type, to }) => (to === null ? [] : [{ name, type, ...to }]));
  return [...sets.filter((set) => !isChanged(set)), ...made];
}

/** Whether these changes give names another TTL and lead them where they led. */
export function areOfTtl(changes: readonly SetChange[]): boolean {
  return changes.every(({ from, to }) => JSON.stringify(from?.values) === JSON.stringify(to?.values));
}

/** How long whoever asked before a change keeps the old answer; 0: there was none. */
export function oldTtlSeconds(changes: readonly SetChange[]): number {
  return Math.max(0, ...changes.map(({ from }) => from?.ttlSeconds ?? 0));
}
