import { describe, expect, it } from 'vitest';
import { wrapWords } from '../../../../src/lib/ui/frame/wrap-words.js';

describe('wrapWords', () => {
  it('breaks a sentence at spaces', () => {
    expect(wrapWords('there is no room Z in this city', 12)).toBe('there is no\nroom Z in\nthis city');
  });

  it('keeps indents and leaves a word that is too long whole', () => {
    expect(wrapWords('two faults:\n  k.yaml:12:3 no such host', 14)).toBe(
      'two faults:\n  k.yaml:12:3\n  no such host',
    );
    expect(wrapWords('give /var/lib/kuafu/ledger.db back', 10)).toBe('give\n/var/lib/kuafu/ledger.db\nback');
  });

  it('changes nothing where there is no terminal', () => {
    const text = '  a line \n\n'.repeat(3) + 'word '.repeat(99);
    expect(wrapWords(text, Number.POSITIVE_INFINITY)).toBe(text);
  });
});
