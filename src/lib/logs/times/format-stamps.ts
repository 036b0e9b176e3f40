import { UsageError } from '../../errors.js';
import { fieldsReader } from './fields.js';
import type { StampReader } from './stamp.js';
import { ZONE } from './zones.js';

/** The pattern of each directive, and its field for fieldsReader; no field: its value is not needed. */
const DIRECTIVES: Readonly<Record<string, readonly [pattern: string, field?: string]>> = {
  Y: [String.raw`(\d{4})`, 'Y'],
  y: [String.raw`(\d\d)`, 'Y'],
  m: [String.raw`(\d{1,2})`, 'm'],
  b: ['([A-Za-z]{3})[A-Za-z]{0,6}', 'b'],
  B: ['([A-Za-z]{3})[A-Za-z]{0,6}', 'b'],
  d: [String.raw`([ \d]?\d)`, 'd'],
  e: [String.raw`([ \d]?\d)`, 'd'],
  j: [String.raw`(\d{1,3})`, 'j'],
  a: ['(?:[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)[a-z]{0,6}'],
  H: [String.raw`([ \d]?\d)`, 'H'],
  I: [String.raw`([ \d]?\d)`, 'I'],
  p: ['([AaPp][Mm])', 'p'],
  M: [String.raw`(\d\d)`, 'M'],
  S: [String.raw`(\d\d)`, 'S'],
  f: [String.raw`(\d{1,9})`, 'f'],
  z: [`(${ZONE})`, 'z'],
  Z: [`(${ZONE})`, 'z'],
  s: [String.raw`(\d{10})`, 's'],
  '%': ['%'],
};
/** Abbreviations of several directives. */
const COMPOUND: Readonly<Record<string, string>> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M' };
/** Two directives for the same part. */
const SAME: Readonly<Record<string, string>> = { m: 'b', b: 'm', H: 'I', I: 'H', d: 'j', j: 'd' };
const KNOWN = [...Object.keys(DIRECTIVES), ...Object.keys(COMPOUND)].map((each) => `%${each}`).join(' ');

/**
 * A format of strptime(3), with %f for a fraction of a second as in Python. A part that is left out is taken from the last such
 * time in the past: without %Y that is this year or the one before.
 *
 * @throws {UsageError} for an unknown or repeated directive, and when the format has neither %s nor a day and an hour
 */
export function formatStamps(format: string): StampReader {
  const [pattern, fields] = compile(format);
  const has = (...letters: string[]) => letters.every((letter) => fields.includes(letter));
  const isTime = has('s') || ((has('d') || has('j')) && (has('H') || has('I', 'p')));
  if (!isTime)
    throw new UsageError('--time-format tells no time', "for example: --time-format '%d.%m.%Y %H:%M:%S'");
  const expression = new RegExp(`(?<!\\d)${pattern}(?!\\d)`);
  const timeOf = fieldsReader(fields);
  return (line, context) => {
    const match = expression.exec(line);
    const at = match === null ? undefined : timeOf(match, context);
    if (match === null || at === undefined) return undefined;
    return { at, start: match.index, end: match.index + match[0].length };
  };
}

function compile(format: string): [pattern: string, fields: string] {
  let fields = '';
  const whole = format.replaceAll(/%(.)/gs, (token, name: string) => COMPOUND[name] ?? token);
  const pattern = whole.replaceAll(/%(.?)|[.*+?^${}()|[\]\\]/gs, (token, name?: string) => {
    if (name === undefined) return `\\${token}`;
    const directive = DIRECTIVES[name];
    if (directive === undefined)
      throw new UsageError(`--time-format: ${token} is not known`, `There are ${KNOWN}.`);
    const [piece, field = ''] = directive;
    if (field !== '' && (fields.includes(field) || fields.includes(SAME[field] ?? field)))
      throw new UsageError(`--time-format: ${token} says once more what stands there already`);
    fields += field;
    return piece;
  });
  return [pattern, fields];
}
