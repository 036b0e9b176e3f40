import { fold } from '../names/fold.js';
import { quoteWord } from '../shell/quote.js';
import { placesOf } from './places.js';
import type { Plan } from './plan.js';

/** The hosts that an operation is about, as a word of a command. */
export function placeNames(plan: Pick<Plan, 'stages'>): string {
  return quoteWord(fold((placesOf(plan)?.lanes ?? []).map(({ name }) => name)));
}
