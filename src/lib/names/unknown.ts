import { UsageError } from '../errors.js';
import { didYouMean } from './suggest.js';

/** The error for an unknown name, with the nearest known name. */
export function unknown(what: string, name: string, candidates: Iterable<string>): UsageError {
  const known = [...candidates];
  const hint = known.length > 0 && known.length <= 12 ? `Known: ${known.join(', ')}.` : undefined;
  return new UsageError(`there is no ${what} ${name}${didYouMean(name, known)}`, hint);
}
