import { isIP } from 'node:net';
import { fault, stale } from './fault.js';
import { contentAt, isSameContent, type RecordSet, type SetChange } from './records.js';

/**
 * The changes that are not made yet, removals first: servers make one after the other, and take no address beside an alias that
 * is only removed later (RFC 2136, 3.4.2.2).
 * @throws ChangeRefused `stale` when a set is neither as it was nor as it shall be
 */
export function openChanges(
  authority: string,
  changes: readonly SetChange[],
  sets: readonly RecordSet[],
): SetChange[] {
  const open = changes.filter((change) => !isSameContent(contentAt(sets, change), change.to));
  const foreign = open.find((change) => !isSameContent(contentAt(sets, change), change.from));
  if (foreign) throw stale(authority, foreign);
  return open.sort((one, other) => Number(one.to !== null) - Number(other.to !== null));
}

export function areMade(changes: readonly SetChange[], sets: readonly RecordSet[]): boolean {
  return changes.every((change) => isSameContent(contentAt(sets, change), change.to));
}

const PLAIN_NAME = /^(?:@|\*|(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)$/;
const PLAIN_LUA = /^[\x20-\x7e]+$/;

/**
 * Checks what is sent on. Values that are there now come from a server, and a label of DNS may hold any octet.
 * @throws StepFailure when a name or a value could be taken for something else on its way
 */
export function requirePlain(authority: string, changes: readonly SetChange[]): void {
  for (const { name, type, from, to } of changes) {
    const values = [...(from?.values ?? []), ...(to?.values ?? [])];
    const odd = PLAIN_NAME.test(name) ? values.find((value) => !isPlainValue(type, value)) : name;
    if (odd !== undefined)
      throw fault(
        authority,
        `is not told to change ${type} of ${JSON.stringify(name)}: it holds ${JSON.stringify(odd)}`,
      );
  }
}

function isPlainValue(type: SetChange['type'], value: string): boolean {
  if (type === 'LUA') return PLAIN_LUA.test(value);
  return type === 'CNAME' ? PLAIN_NAME.test(value) : isIP(value) === (type === 'A' ? 4 : 6);
}
