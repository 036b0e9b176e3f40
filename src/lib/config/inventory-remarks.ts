import { jsonText } from '../json-text.js';
import { fold } from '../names/fold.js';
import { isHostName } from './scalars.js';

/** A remark about a host from an inventory program. */
export interface InventoryRemark {
  /**
   * A host that is left out is always reported, because an operator expects it; the other remarks are shown when the
   * configuration is reviewed.
   */
  readonly about: 'left out' | 'no SSH' | 'not followed' | 'not read' | 'in no room';
  /** Empty: the remark is about all hosts. */
  readonly name: string;
  /** A sentence, the connection, the setting that is not followed, or a folder. */
  readonly what: string;
}

const MOST_NAMES = 5;
const LONGEST_FOLDED = 160;
const LONGEST_NAME = 80;

/** One line for each reason, with the hosts that were left out for it. */
export function leftOutSentences(remarks: readonly InventoryRemark[]): string[] {
  return byReason(remarks, 'left out').map(([what, names]) => `inventory: left out ${shown(names)}: ${what}`);
}

/** Remarks about hosts that can still be used, or that are outside all rooms. */
export function otherSentences(remarks: readonly InventoryRemark[]): string[] {
  const inNoRoom = remarks.filter(({ about }) => about === 'in no room').length;
  return [
    ...(inNoRoom === 0 ? [] : [`inventory: ${hosts(inNoRoom)} in no room`]),
    ...byReason(remarks, 'no SSH').map(
      ([what, names]) =>
        `inventory: ${hosts(names.length)} no SSH hosts, but ${jsonText(what)}: ${shown(names)}`,
    ),
    ...byReason(remarks, 'not read').map(
      ([what]) =>
        `inventory: ${what} is not read; ansible-inventory as the program does that (docs/hosts.md)`,
    ),
    ...byReason(remarks, 'not followed').map(
      ([what, names]) => `inventory: not followed is ${jsonText(what).slice(1, -1)} of ${shown(names)}`,
    ),
  ];
}

function byReason(
  remarks: readonly InventoryRemark[],
  wanted: InventoryRemark['about'],
): [string, string[]][] {
  const found = new Map<string, string[]>();
  for (const { about, name, what } of remarks)
    if (about === wanted) found.set(what, [...(found.get(what) ?? []), name]);
  return [...found];
}

/** Invalid names are not folded, and are shown in quotes. */
function shown(names: readonly string[]): string {
  const folded = names.every(isHostName) ? fold(names) : undefined;
  if (folded !== undefined && folded.length <= LONGEST_FOLDED) return folded;
  const first = names.slice(0, MOST_NAMES).map((name) => (isHostName(name) ? name : quoted(name)));
  const more = names.length - first.length;
  return `${first.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function quoted(name: string): string {
  return jsonText(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);
}

function hosts(count: number): string {
  return count === 1 ? '1 host is' : `${count} hosts are`;
}
