import { expect, it } from 'vitest';
import { costs, counts } from '../../../src/lib/host/serving.js';

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
  ['down', 'healthy', false, false],
  ['down', 'sick', false, false],
  ['down', 'unknown', false, false],
] as const)('seen %s and %s: its leaving costs %s, it counts for others %s', (seen, health, cost, count) => {
  expect({ cost: costs(seen, health), count: counts(seen, health) }).toEqual({ cost, count });
});
