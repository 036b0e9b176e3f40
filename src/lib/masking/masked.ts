declare const masked: unique symbol;

/** Text of a host in which no secret is left; only Secrets.mask() makes it. */
export type Masked = string & { readonly [masked]: true };

/** Stands for what nobody may see, and for which there is no name. */
export const HIDDEN = '(hidden)';

/**
 * As much of a text as fits, its beginning and its end with `…` between them: where programs say what they were doing,
 * and why they failed. Only what was masked is ever cut, so that no part of a secret is left where it was cut.
 *
 * @param max in characters (UTF-16 code units)
 */
export function excerpt(text: Masked, max: number): Masked {
  if (text.length <= max) return text;
  const half = Math.floor((max - 1) / 2);
  // A character of two code units is not cut in two.
  const begin = text.slice(0, half).replace(/[\ud800-\udbff]$/, '');
  const end = text.slice(text.length - half).replace(/^[\udc00-\udfff]/, '');
  return `${begin}…${end}` as Masked;
}

/** The same of each line by itself. */
export function excerptLines(text: Masked, max: number): Masked {
  const lines = text.split('\n') as Masked[];
  return lines.map((line) => excerpt(line, max)).join('\n') as Masked;
}
