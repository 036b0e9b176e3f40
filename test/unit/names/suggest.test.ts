import { expect, it } from 'vitest';
import { didYouMean, suggest } from '../../../src/lib/names/suggest.js';

it.each([
  ['helth', ['http', 'health', 'logs'], 'health'],
  ['prot', ['port', 'user'], 'port'],
  ['SHOP', ['shop'], 'shop'],
  ['web-b-21', ['web-b-20', 'web-a-01'], 'web-b-20'],
  ['xyz', ['shop'], undefined],
  // Every name of one letter is near every other: no guess is better.
  ['C', ['A', 'B'], undefined],
  ['a', ['A', 'B'], 'A'],
  ['x', [], undefined],
])('%s of %j: %s', (word, candidates, nearest) => {
  expect(suggest(word, candidates)).toBe(nearest);
});

it('is said in brackets, or not at all', () => {
  expect(didYouMean('romo', ['room'])).toBe(" (did you mean 'room'?)");
  expect(didYouMean('shop', ['room'])).toBe('');
});
