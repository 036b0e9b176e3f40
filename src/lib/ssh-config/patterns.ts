import { isWildcard, matching } from '../names/wildcard.js';

/** Whether a text matches a pattern of ssh_config(5), PATTERNS: `*` is any characters, `?` exactly one. */
export function matchesPattern(text: string, pattern: string): boolean {
  return isWildcard(pattern) ? matching(pattern, [text]).length > 0 : text === pattern;
}

/**
 * Whether one of the texts matches a list with commas, such as `web*,!web-9`: one part must match, and no part after a `!`
 * may. As in ssh_config(5), a list of negated parts only matches nothing.
 */
export function matchesList(texts: readonly string[], list: string): boolean {
  const parts = list.split(',');
  const fits = (pattern: string) => texts.some((text) => matchesPattern(text, pattern));
  if (parts.some((part) => part.startsWith('!') && fits(part.slice(1)))) return false;
  return parts.some((part) => !part.startsWith('!') && fits(part));
}
