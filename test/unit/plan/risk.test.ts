import { expect, it } from 'vitest';
import { refusal, workingKeep } from '../../../src/lib/plan/risk.js';

it.each([
  ['the lowest of several places', [refusal('a', '50%'), refusal('b', '0%'), refusal('c', '100%')], '0%'],
  ['a number of hosts', [refusal('a', '12'), refusal('b', '7')], '7'],
  ['nothing where another refusal stays', [refusal('a', '50%'), refusal('b')], undefined],
  ['nothing where nothing is refused', [{ level: 'note', message: 'a' } as const], undefined],
])('a --keep that works is %s', (_what, risks, keep) => {
  expect(workingKeep(risks)).toBe(keep);
});
