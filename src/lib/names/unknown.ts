import { UsageError } from '../errors.js';
import { didYouMean } from './suggest.js';

/** For a name that nothing has, with the nearest one that something has. */
export function unknown(what: string, name: string, candidates: Iterable<string>): UsageError {
  const known = [...candidates];
  const hint = known.length > 0 && known.length <= 12 ? `Known: ${known.join(', ')}.` : undefined;
  return new UsageError(`there is no ${what} ${name}${didYouMean(name, known)}`, hint);
}
