import { describe, expect, it } from 'vitest';
import { planChecksum } from '../../../src/lib/plan/checksum.js';
import { planOf } from '../ledger/fixture.js';

describe('planChecksum', () => {
  it('does not depend on the order of keys, at any depth', () => {
    const plan = planOf(['new-b-01', 'new-b-02']);
    const reversed = JSON.parse(JSON.stringify(plan), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    expect(Object.keys(reversed)).not.toEqual(Object.keys(plan));
    expect(planChecksum(reversed)).toBe(planChecksum(plan));
  });

  it('survives storage', () => {
    const plan = planOf(['new-b-01']);
    expect(planChecksum(JSON.parse(JSON.stringify(plan)))).toBe(planChecksum(plan));
  });

  it('differs for any difference, the order of hosts included', () => {
    const sums = [
      planOf(['a', 'b']),
      planOf(['b', 'a']),
      planOf(['a']),
      planOf(['a', 'b'], { scope: { apps: ['shop'], groups: ['web'], rooms: ['A'] } }),
      planOf(['a', 'b'], { title: 'scale\u2028' }),
    ].map(planChecksum);
    expect(new Set(sums).size).toBe(sums.length);
  });

  it('is the sha256 of canonical JSON', () => {
    // printf '{"a":[{"b":2,"c":1}],"d":"é"}' | sha256sum
    const value = { d: 'é', a: [{ c: 1, b: 2 }] };
    expect(planChecksum(value as never)).toBe(CANONICAL_SUM);
  });
});

const CANONICAL_SUM = 'ce3836c14ce12d205ab200cdff5cf8c0316f0d1eb9b60ffc533f852e3f684f1a';
