import { UsageError } from '../errors.js';

export const DEFAULT_LAB = 'kuafu';

// It is part of the names of network namespaces and machines; 12 keeps `<lab>.<host>` readable and within any limit.
const MAX_LENGTH = 12;

/** @throws UsageError unless it is `[a-z0-9][a-z0-9-]*` and at most 12 characters long */
export function parseLabName(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(text) || text.length > MAX_LENGTH) {
    throw new UsageError(
      `${JSON.stringify(text)} cannot be the name of a lab`,
      `A name has 1 to ${MAX_LENGTH} small letters, digits and dashes, and does not begin with a dash.`,
    );
  }
  return text;
}
