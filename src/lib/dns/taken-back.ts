import { contentAt, isSameContent, type RecordSet, type SetChange } from '../layers/dns/records.js';
import { changedNames } from './changes.js';

/** What takes changes back that may have been made, in part or as a whole. */
export interface TakenBack {
  /** From what is there to what was there before, without what is so already. */
  readonly back: readonly SetChange[];
  /** Names with a set that nobody but somebody else has set, each once. */
  readonly foreign: readonly string[];
}

/** @param meanwhile what steps before the last have made of the same sets */
export function takenBack(
  changes: readonly SetChange[],
  meanwhile: readonly SetChange[] | undefined,
  sets: readonly RecordSet[],
): TakenBack {
  const back: SetChange[] = [];
  const foreign: SetChange[] = [];
  for (const change of changes) {
    const { name, type, from } = change;
    const found = contentAt(sets, change);
    const steps = (meanwhile ?? []).filter((each) => each.name === name && each.type === type);
    const own = [change, ...steps].map(({ to }) => to);
    if (isSameContent(found, from)) continue;
    if (own.some((content) => isSameContent(found, content)))
      back.push({ name, type, from: found && contentOf(found), to: from });
    else foreign.push(change);
  }
  return { back, foreign: changedNames(foreign) };
}

/** Without name and type. */
function contentOf({ ttlSeconds, values }: Pick<RecordSet, 'ttlSeconds' | 'values'>) {
  return { ttlSeconds, values };
}
