import { type RecordSet, type SetChange, wholeName } from '../layers/dns/records.js';

/** What takes a change back. */
export function reversed({ name, type, from, to }: SetChange): SetChange {
  return { name, type, from: to, to: from };
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

/** How long whoever asked before a change keeps the old answer; 0: there was none. */
export function oldTtlSeconds(changes: readonly SetChange[]): number {
  return Math.max(0, ...changes.map(({ from }) => from?.ttlSeconds ?? 0));
}
