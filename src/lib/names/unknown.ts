import { UsageError } from '../errors.js';
import { didYouMean } from './suggest.js';

/** A longer list is no help. */
const MOST_KNOWN = 40;

/** The error for an unknown name, with the nearest known name. */
export function unknown(what: string, name: string, candidates: Iterable<string>): UsageError {
  const known = [...candidates];
  const hint = known.length > 0 && known.length <= MOST_KNOWN ? `known: ${known.join(', ')}` : undefined;
  return new UsageError(`there is no ${what} ${JSON.stringify(name)}${didYouMean(name, known)}`, hint);
}
