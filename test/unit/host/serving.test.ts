import { expect, it } from 'vitest';
import { costs, counts, seenBy } from '../../../src/lib/host/serving.js';

// "Could not be asked" is not "sick": it protects the host, and is no evidence for others.
it.each([
  ['none', 'healthy', true, true],
  ['none', 'sick', false, false],
  ['none', 'unknown', true, false],
  ['up', 'healthy', true, true],
  ['up', 'sick', true, false],
  ['up', 'unknown', true, true],
  ['unchecked', 'healthy', true, true],
  ['unchecked', 'sick', false, false],
  ['unchecked', 'unknown', true, false],
  ['backup', 'healthy', false, false],
  ['backup', 'unknown', false, false],
  ['down', 'healthy', false, false],
  ['down', 'sick', false, false],
  ['down', 'unknown', false, false],
] as const)('seen %s and %s: its leaving costs %s, it counts for others %s', (seen, health, cost, count) => {
  expect({ cost: costs(seen, health), count: counts(seen, health) }).toEqual({ cost, count });
});

it.each([
  ['down', []],
  ['up', [{ isChecked: true }, { isChecked: false }]],
  ['unchecked', [{ isChecked: false }, { isChecked: true, isIdleBackup: true }]],
  ['backup', [{ isChecked: true, isIdleBackup: true }]],
] as const)('a host is seen %s by its servers in traffic', (seen, active) => {
  expect(seenBy(active)).toBe(seen);
});
