import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/lib/errors.js';
import { newOperationId, typedOperationId } from '../../../src/lib/ledger/operation-id.js';

describe('operation ids', () => {
  it('begin with the UTC date and hold no letter that is read for another', () => {
    const ids = Array.from({ length: 500 }, () => newOperationId(new Date('2026-11-23T23:59:59.999Z')));
    for (const id of ids) {
      expect(id).toMatch(/^261123-[0-9abcdefghjkmnpqrstvwxyz]{4}$/);
      expect(typedOperationId(id)).toBe(id);
    }
    expect(new Set(ids).size).toBeGreaterThan(490);
  });

  it.each([
    ['261123-K3F9', '261123-k3f9'],
    [' k3f9\n', 'k3f9'],
    ['261123-olIo', '261123-0110'],
    ['2611', '2611'],
    ['261123-', '261123-'],
    ['k', 'k'],
  ])('%j is read as %j', (typed, id) => {
    expect(typedOperationId(typed)).toBe(id);
  });

  it.each(['', ' ', 'k3f9x', '2611233', '261123_k3f9', '%', '../x', 'ä', '261123-k3f99'])(
    '%j is none',
    (typed) => {
      expect(() => typedOperationId(typed)).toThrow(UsageError);
    },
  );
});
