import { UsageError } from '../errors.js';
import type { Host } from '../names/host.js';
import { compareNaturally } from '../names/natural-order.js';
import type { Inventory } from './inventory.js';

/** The hosts that a command is for, as the user typed them. */
export interface Selection {
  /** Node sets whose union is meant. Absent: none was given. */
  readonly nodeSets?: readonly string[] | undefined;
  readonly app?: string | undefined;
  readonly group?: string | undefined;
  readonly idc?: string | undefined;
  /** The same as idc. */
  readonly room?: string | undefined;
}

/** The flags that select hosts. */
export interface SelectionWords extends Omit<Selection, 'nodeSets'> {
  /** The node set, when it is given by a flag and not as an argument. */
  readonly hosts?: string | undefined;
}

/**
 * The flags, with the node sets given as arguments.
 *
 * @throws UsageError when a node set is given in both ways, or looks like a flag
 */
export function selectionWords(nodeSets: readonly string[], flags: SelectionWords): Selection {
  const { hosts, app, group, idc, room } = flags;
  if (nodeSets.length === 0)
    return { nodeSets: hosts === undefined ? undefined : [hosts], app, group, idc, room };
  const flag = nodeSets.find((word) => word.startsWith('-'));
  if (flag !== undefined)
    throw new UsageError(`${flag} is no node set`, 'behind -- no word is a flag: flags go in front of --');
  if (hosts !== undefined)
    throw new UsageError(`${nodeSets.join(' ')} and --hosts ${hosts} both name hosts`, 'give one of them');
  return { nodeSets, app, group, idc, room };
}

/**
 * The hosts that match all of the words, in natural order. Without any words it throws: a forgotten selection must not mean all
 * hosts.
 *
 * @param example what to type instead, such as `kuafu exec @app:shop -- uptime`
 * @throws UsageError when nothing is given, a name is unknown, or no host is left
 */
export function selectHosts(words: Selection, inventory: Inventory, example: string): Host[] {
  const { nodeSets, app, group } = words;
  const room = roomOf(words);
  // Looked up even when it only narrows the set: an unknown room is an error, not an empty set.
  const inRoom = room === undefined ? undefined : inventory.inUse({ room });
  const lists: Host[][] = [];
  if (nodeSets !== undefined) lists.push(union(nodeSets.map((nodeSet) => inventory.select(nodeSet))));
  if (app !== undefined || group !== undefined) lists.push(inventory.inUse({ app, group }));
  const [first = inRoom, ...others] = lists;
  if (first === undefined)
    throw new UsageError(
      'which hosts? Name them: a node set, --app, --group or --idc',
      `for example ${example}; @all is every host in use`,
    );
  const fits = (host: Host) =>
    (room === undefined || host.room === room) && others.every((list) => list.includes(host));
  const selected = first.filter(fits);
  if (selected.length > 0) return selected;
  throw new UsageError(`no host fits ${said(words)}`);
}

function union([first = [], ...others]: readonly (readonly Host[])[]): Host[] {
  if (others.length === 0) return [...first];
  return [...new Set([...first, ...others.flat()])].sort((a, b) => compareNaturally(a.name, b.name));
}

/** The room that --idc or --room names. @throws UsageError when they name two */
export function roomOf({ idc, room }: Selection): string | undefined {
  if (idc !== undefined && room !== undefined && idc !== room)
    throw new UsageError(`--idc ${idc} and --room ${room} name two rooms`, 'give one of them');
  return idc ?? room;
}

/** Other options of the command may be present too. */
function said({ nodeSets = [], app, group, idc, room }: Selection): string {
  const given = Object.entries({ app, group, idc, room }).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag} ${value}`],
  );
  return [...(nodeSets.length === 0 ? [] : [nodeSets.join(' ')]), ...given].join(' and ');
}
