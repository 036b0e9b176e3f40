import { it } from 'vitest';
import { labKind } from './lab-kind.js';

const isPlain = labKind() === 'plain';

/** As `it`, but on plain hosts alone: a test for which the shell and the sshd of a host do not matter runs once. */
export function itOnce(name: string, test: () => Promise<void>): void {
  if (isPlain) it(name, test);
}

/** The cases of a table that run here: all of them on plain hosts, and the first `onOdd` on odd ones. */
export function casesHere<T>(cases: readonly T[], onOdd: number): T[] {
  return cases.slice(0, isPlain ? undefined : onOdd);
}
