declare const masked: unique symbol;

/** Text of a host without any secret; only Secrets.mask() makes it. */
export type Masked = string & { readonly [masked]: true };

/** Replaces a secret without a name. */
export const HIDDEN = '(hidden)';

/**
 * As much of a text as fits: its beginning and its end with `…` between them, because programs say there what they were doing and
 * why they failed. Only masked text is cut, so that no part of a secret is left at the cut.
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

/** The same for each line by itself. */
export function excerptLines(text: Masked, max: number): Masked {
  const lines = text.split('\n') as Masked[];
  return lines.map((line) => excerpt(line, max)).join('\n') as Masked;
}

/** Each run of spaces and line ends as one space: more of the text fits then. */
export function onOneLine(text: Masked): Masked {
  return text.replaceAll(/\s+/g, ' ') as Masked;
}
