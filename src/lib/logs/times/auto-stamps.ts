import { fieldsReader } from './fields.js';
import { FORMATS } from './formats.js';
import { jsonStamps } from './json-stamps.js';
import { behindOpening, firstWord, HEAD, nextWord } from './line-head.js';
import type { ClockContext, Stamp, StampReader } from './stamp.js';
import { stampAt } from './stamp-at.js';

const COMMON = FORMATS.find(({ name }) => name === 'common log');
const BRACKETED = new RegExp(String.raw`\[${COMMON?.pattern}\]`);
const timeOfCommon = fieldsReader(COMMON?.fields ?? '');

/** Reads times in the formats of FORMATS, and in a member of JSON. */
export function autoStamps(): StampReader {
  const json = jsonStamps();
  return (line, context) => {
    if (line.charCodeAt(0) === 123) return json(line, context);
    for (let at = firstWord(line); at !== undefined; at = nextWord(line, at)) {
      const behind = behindOpening(line, at);
      const stamp =
        stampAt(line, at, context) ?? (behind === undefined ? undefined : stampAt(line, behind, context));
      if (stamp !== undefined) return stamp;
    }
    return bracketed(line, context);
  };
}

/**
 * In access logs the name of a user comes before the time and may be any words; the brackets around the time show where it is.
 */
function bracketed(line: string, context: ClockContext): Stamp | undefined {
  const first = line.charCodeAt(0);
  if (first === 32 || first === 9 || !line.includes('[')) return undefined;
  const match = BRACKETED.exec(line.length > HEAD * 2 ? line.slice(0, HEAD * 2) : line);
  const at = match === null ? undefined : timeOfCommon(match, context);
  if (match === null || at === undefined) return undefined;
  return { at, start: match.index + 1, end: match.index + match[0].length - 1 };
}
