import { describe, expect, it } from 'vitest';
import { ROOT_HELP } from '../../../../src/commands/root-help.js';
import { fitHelp } from '../../../../src/lib/ui/frame/fit-help.js';

describe('fitHelp', () => {
  it('keeps the words of an option in their column', () => {
    expect(fitHelp('  --json      one JSON document on stdout', 30)).toBe(
      '  --json      one JSON\n              document on\n              stdout',
    );
  });

  it('puts them below where the column is too narrow', () => {
    expect(fitHelp('  tail [options] [hosts...]  follow logs, in order', 30)).toBe(
      '  tail [options] [hosts...]\n      follow logs, in order',
    );
  });

  it('breaks prose between words, and leaves what fits', () => {
    expect(fitHelp('Hosts are a node set, such as web-b-[01-20]\n  a  b', 36)).toBe(
      'Hosts are a node set, such as\nweb-b-[01-20]\n  a  b',
    );
  });

  it.each([40, 60])('fits the help of the program into %d columns, with every word of it', (columns) => {
    const fitted = fitHelp(ROOT_HELP, columns);
    for (const line of fitted.split('\n')) expect(line.length, line).toBeLessThanOrEqual(columns);
    expect(fitted.split(/\s+/)).toEqual(ROOT_HELP.split(/\s+/));
  });

  it('changes nothing where there is no terminal, or a wide one', () => {
    expect(fitHelp(ROOT_HELP, Number.POSITIVE_INFINITY)).toBe(ROOT_HELP);
    expect(fitHelp(ROOT_HELP, 80)).toBe(ROOT_HELP);
  });
});
