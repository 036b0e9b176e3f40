import { base64Units, type Units, unitsOf } from './forms.js';

/** What of a secret is looked for in texts. */
export interface Pattern {
  readonly name: string;
  readonly units: Units;
}

/** Of one or two characters: masking them would mask half of every text, and they protect nothing. */
const SHORTEST_SECRET = 3;
/** Lines of a secret, and the password of one that is a URL, are looked for by themselves from this length on. */
const SHORTEST_PART = 6;
/** No character is longer in the forms of forms.ts. */
export const LONGEST_UNIT = 64;
/** Longer ones are looked for piece by piece: a regular expression has its limits, and a stream its patience. */
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

/** As it stands in a URL, and as a program has it that has read the URL. */
function passwordsOf(value: string): string[] {
  const [, password] = /^[a-z][a-z0-9+.-]*:\/\/[^/\s]*?:([^/\s]*)@/i.exec(value) ?? [];
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
