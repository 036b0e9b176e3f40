import { randomInt } from 'node:crypto';
import { UsageError } from '../errors.js';

/** Crockford's base32: no i, l, o or u, so that an id can be read out and typed (crockford.com/base32.html). */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const SUFFIX_LENGTH = 4;

/** A new id such as `261123-k3f9`: the UTC date and four random characters. The caller retries when it is taken. */
export function newOperationId(now: Date): string {
  const date = now.toISOString().slice(2, 10).replaceAll('-', '');
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${date}-${suffix}`;
}

/**
 * Typed text as it would stand in an id: lower case, and letters that look like digits become digits.
 * @throws UsageError when it cannot be part of an id
 */
export function typedOperationId(typed: string): string {
  const id = typed.trim().toLowerCase().replaceAll('o', '0').replaceAll(/[il]/g, '1');
  if (!/^(\d{1,6}|\d{6}-[0-9a-z]{0,4}|[0-9a-z]{1,4})$/.test(id))
    throw new UsageError(
      `${JSON.stringify(typed)} is not the id of an operation`,
      'kuafu ops list shows them',
    );
  return id;
}
