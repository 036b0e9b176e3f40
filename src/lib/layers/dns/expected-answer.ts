import type { NameAnswer } from './authority.js';
import type { RecordSet } from './records.js';

/** The addresses that a computed set may answer with; undefined: they cannot be told. */
export type ComputedAddresses = (set: RecordSet) => readonly string[] | undefined;

/** Whether users are told what the sets of a name say. A name that leads to another name may be answered with anything. */
export function fitsAnswer(
  sets: readonly RecordSet[],
  { status, addresses }: NameAnswer,
  computed: ComputedAddresses,
): boolean {
  if (status !== 'NOERROR') return false;
  if (sets.some(({ type }) => type === 'CNAME')) return true;
  const plain = sets.flatMap(({ type, values }) => (type === 'LUA' ? [] : values)).sort();
  const lua = sets.filter(({ type }) => type === 'LUA');
  if (lua.length === 0) return JSON.stringify(plain) === JSON.stringify([...addresses].sort());
  const choices = lua.map(computed);
  if (choices.includes(undefined)) return true;
  return addresses.length > 0 && addresses.every((address) => choices.flat().includes(address));
}
