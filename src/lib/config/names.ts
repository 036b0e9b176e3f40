import { parse } from 'yaml';
import { expandNodeSet } from '../names/nodeset.js';
import { readTextFile } from '../own-files/read.js';

/** The names in a configuration, for completion. */
export interface Names {
  readonly rooms: readonly string[];
  readonly apps: readonly string[];
  /** By application. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly hosts: readonly string[];
  readonly spares: readonly string[];
  /** Addresses of hosts, each followed by a tab and the host's name. */
  readonly addresses: readonly string[];
  /** The configuration itself. */
  readonly file: string;
  /** As written; empty when it is not set. */
  readonly ledger: string;
}

/**
 * Reads what can be read, even if the configuration has faults; nothing is checked, and no inventory program is run. Never
 * throws: a broken part has no names.
 */
export async function readNames(file: string): Promise<Names> {
  const document = await readTextFile(file)
    .then((text) => mapping(parse(text, { maxAliasCount: 100, logLevel: 'silent' })))
    .catch(() => ({}) as Mapping);
  const rooms = mapping(document.rooms);
  const apps = mapping(document.apps);
  const hostsOf = (key: 'hosts' | 'spare') =>
    Object.values(rooms).flatMap((room) => Object.keys(mapping(mapping(room)[key])).flatMap(expanded));
  return {
    rooms: Object.keys(rooms),
    apps: Object.keys(apps),
    groups: new Map(
      Object.entries(apps).map(([app, one]) => [app, Object.keys(mapping(mapping(one).groups))]),
    ),
    hosts: hostsOf('hosts'),
    spares: hostsOf('spare'),
    addresses: Object.values(rooms).flatMap((room) =>
      Object.entries(mapping(mapping(room).hosts)).flatMap(addressesOf),
    ),
    file,
    ledger: typeof document.ledger === 'string' ? document.ledger : '',
  };
}

type Mapping = Readonly<Record<string, unknown>>;

function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function expanded(names: string): readonly string[] {
  try {
    return expandNodeSet(names);
  } catch {
    return [];
  }
}

function addressesOf([names, addresses]: readonly [string, unknown]): readonly string[] {
  const written = typeof addresses === 'string' ? addresses : mapping(addresses).address;
  const hosts = expanded(names);
  return typeof written === 'string'
    ? expanded(written).map((each, at) => `${each}\t${hosts[at] ?? ''}`)
    : [];
}
