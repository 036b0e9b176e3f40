import { expandNodeSet } from '../names/nodeset.js';
import type { HostClaim, HostDoubts } from './check-hosts.js';
import { isTouched } from './check-shape.js';
import type { KeyPath } from './config-error.js';
import type { DoubledKeys } from './doubts.js';
import { isHostName } from './scalars.js';

/** The faults of a configuration that are known before its sections are checked against each other. */
export interface Faults {
  readonly value: unknown;
  readonly doubledKeys: DoubledKeys;
  readonly unreadable: readonly KeyPath[];
  readonly leftOut: readonly KeyPath[];
  readonly renamed: ReadonlyMap<string, string>;
}

/** What faults leave uncertain. Checks across sections say nothing about it, so that one fault does not cause another. */
export interface Doubts extends HostDoubts {
  /** Names of all rooms, including rooms with a fault. */
  readonly rooms: readonly string[];
  /** Hosts of entries with valid names and invalid addresses. */
  readonly hostsWithoutAddress: readonly HostClaim[];
  readonly hasInventory: boolean;
  mayBeRoom(name: string): boolean;
  mayBeHost(name: string, room: string): boolean;
  hasWholeFiles(app: string): boolean;
  /** Whether a fault may hide a part of what is under a path. */
  isUncertain(path: KeyPath): boolean;
}

// Keys of a room that name no host.
const HOSTLESS = ['title', 'network', 'ssh'];

export function findDoubts({ value, doubledKeys, unreadable, leftOut, renamed }: Faults): Doubts {
  const inShape = (path: KeyPath) => path.map((key) => renamed.get(String(key)) ?? key);
  const doubled = [...doubledKeys.doubled, ...unreadable].map(inShape);
  const uncertain = [...leftOut, ...[...doubledKeys.lost, ...unreadable].map(inShape)];
  const names = new Set(renamed.values());
  const rooms = Object.keys(Object(childOf(value, 'rooms'))).map((room) => renamed.get(room) ?? room);
  const hasAllRooms =
    !uncertain.some((path) => path[0] === 'rooms' && path.length === 1) &&
    !doubled.some((path) => path[0] === 'rooms' && path.length === 2) &&
    !rooms.some((room) => names.has(room));
  const entries = leftOut.flatMap(faultyEntry);
  const hostsWithoutAddress = entries.flatMap(({ hosts }) => hosts.filter(({ name }) => isHostName(name)));
  const named = new Set(entries.map(({ path }) => JSON.stringify(path)));
  const hidesHosts = (path: KeyPath) =>
    !HOSTLESS.includes(String(path[2] ?? '')) && !named.has(JSON.stringify(path));
  const mayBeHost = (host: string, room: string) =>
    uncertain.some((path) => isTouched(['rooms', room], [path]) && hidesHosts(path)) ||
    entries.some(({ hosts }) => hosts.some(({ name }) => name !== host && plain(name) === plain(host)));
  return {
    rooms,
    hostsWithoutAddress,
    hasInventory: hasInventory(value),
    mayBeRoom: (room) => !hasAllRooms || names.has(room),
    mayBeHost,
    isUncertain: (path) => isTouched(path, uncertain),
    hasWholeFiles: (app) =>
      !isTouched(['apps', app, 'files'], uncertain) && !isTouched(['apps', app, 'exclude'], uncertain),
    hasNetwork: (room) => !isTouched(['rooms', room, 'network'], uncertain),
    mayHaveAddress: (host, room) =>
      mayBeHost(host, room) || hostsWithoutAddress.some(({ name }) => name === host),
    isDoubled: (room) => doubled.some((path) => isTouched(['rooms', room], [path]) && hidesHosts(path)),
  };
}

/** The hosts of an entry that was left out, including invalid names; nothing when the key cannot be read as a node set. */
function faultyEntry(path: KeyPath): { path: KeyPath; hosts: readonly HostClaim[] }[] {
  const [section, room, list, key] = path;
  if (section !== 'rooms' || path.length !== 4 || (list !== 'hosts' && list !== 'spare')) return [];
  const role = list === 'spare' ? 'spare' : 'host';
  try {
    const names = expandNodeSet(String(key));
    const hosts = names.map(
      (name) => ({ name, room: String(room), role, address: undefined, path }) as const,
    );
    return [{ path, hosts }];
  } catch {
    return [];
  }
}

/** The name without the characters that a correction may change: WEB_1 probably means web-1. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Also true for a misspelt `inventory` key, which its `exec` shows. */
function hasInventory(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'inventory' in value || Object.values(value).some((section) => childOf(section, 'exec') !== undefined)
  );
}

function childOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
