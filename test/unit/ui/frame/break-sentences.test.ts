import { describe, expect, it } from 'vitest';
import { breakSentences } from '../../../../src/lib/ui/frame/break-sentences.js';

describe('breakSentences', () => {
  it('breaks a sentence at spaces', () => {
    expect(breakSentences('there is no room Z in this city', 12)).toBe('there is no\nroom Z in\nthis city');
  });

  it('keeps indents and leaves a word that is too long whole', () => {
    expect(breakSentences('two faults:\n  k.yaml:12:3 no such host', 14)).toBe(
      'two faults:\n  k.yaml:12:3\n  no such host',
    );
    expect(breakSentences('give /var/lib/kuafu/ledger.db back', 10)).toBe(
      'give\n/var/lib/kuafu/ledger.db\nback',
    );
  });

  it('counts columns, not characters', () => {
    expect(breakSentences('主机 主机 主机', 9)).toBe('主机 主机\n主机');
    expect(breakSentences('éa é', 4)).toBe('éa é');
    expect(breakSentences('\x1b[31mnot reached\x1b[39m at all', 11)).toBe(
      '\x1b[31mnot reached\x1b[39m\nat all',
    );
  });

  it('leaves spaces alone where a line fits', () => {
    expect(breakSentences('HOST      STATE', 15)).toBe('HOST      STATE');
  });

  it('takes a long text in a moment', () => {
    const began = performance.now();
    breakSentences('word '.repeat(200_000), 40);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('changes nothing where there is no terminal', () => {
    const text = '  a line \n\n'.repeat(3) + 'word '.repeat(99);
    expect(breakSentences(text, Number.POSITIVE_INFINITY)).toBe(text);
  });
});
