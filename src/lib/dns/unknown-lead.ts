import type { Guard } from '../plan/risk.js';
import { quoteWord } from '../shell/quote.js';

/** A name that a switch cannot lead to a room. @param why in words that follow the name */
export function unknownLeadGuard(whole: string, why: string, to: string): Guard {
  return {
    message: `${whole} ${why}`,
    hint: `such as: kuafu dns set ${quoteWord(whole)} --to ${quoteWord(to)}`,
  };
}
