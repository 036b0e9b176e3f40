import { base64Units, type Units, unitsOf } from './forms.js';

/** A part of a secret that is searched for in texts. */
export interface Pattern {
  readonly name: string;
  readonly units: Units;
}

/** Secrets of one or two characters are not masked: that would mask half of every text, and they protect nothing. */
const SHORTEST_SECRET = 3;
/** From this length on, the lines of a secret and the password in a URL are also searched for by themselves. */
const SHORTEST_PART = 6;
/** The longest form of a character in forms.ts. */
export const LONGEST_UNIT = 64;
/**
 * A longer pattern is split into pieces: a regular expression has a size limit, and a stream would have to hold back too much.
 */
const LONGEST = 512;

/** The value, each of its lines, the password in it, and all of these in base64. */
export function patternsOf(
  name: string,
  value: string,
  literal?: (character: string) => string,
): readonly Pattern[] {
  const whole = value.trim();
  if (whole.length < SHORTEST_SECRET) return [];
  const lines = whole.split(/[\r\n]+/).map((line) => line.trim());
  const parts = [...(lines.length > 1 ? lines : []), ...passwordsOf(whole)].filter(
    (part) => part.length >= SHORTEST_PART,
  );
  const texts = [...new Set([whole, ...parts])];
  return [...texts.map((text) => unitsOf(text, literal)), ...texts.flatMap(base64Units)]
    .flatMap(pieces)
    .map((units) => ({ name, units }));
}

/** The password as it is in the URL, and as a program has it after it has parsed the URL. */
function passwordsOf(value: string): string[] {
  const [, password] = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:]*:([^/\s]*)@/i.exec(value) ?? [];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

function pieces(units: Units): Units[] {
  if (units.length <= LONGEST) return [units];
  const count = Math.ceil(units.length / LONGEST);
  const size = Math.ceil(units.length / count);
  return Array.from({ length: count }, (_, index) => units.slice(index * size, (index + 1) * size));
}
