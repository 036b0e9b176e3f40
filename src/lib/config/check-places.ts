import { didYouMean } from '../names/suggest.js';
import type { HostClaim } from './check-hosts.js';
import type { KeyPath, ReportIssue } from './config-error.js';

/** The rooms and hosts that other sections name. */
export interface KnownPlaces {
  /** Names of all rooms, including rooms with a fault. */
  readonly rooms: readonly string[];
  readonly hosts: ReadonlyMap<string, HostClaim>;
  /** True for a name that a fault may hide: then a missing room of that name is no fault. */
  mayBeRoom(name: string): boolean;
  /** True for a name that a fault in a room may hide: then a missing host of that name is no fault. */
  mayBeHost(name: string, room: string): boolean;
  /** Whether a fault may hide a part of what is under a path. */
  isUncertain(path: KeyPath): boolean;
}

/** Reports a room that does not exist. Returns whether it does. */
export function checkRoom(room: string, path: KeyPath, known: KnownPlaces, report: ReportIssue): boolean {
  if (known.rooms.includes(room)) return true;
  if (known.mayBeRoom(room)) return false;
  report(path, `there is no room ${room}${didYouMean(room, known.rooms)}`, 'key');
  return false;
}

/** Reports a host that does not exist, or is not one in use in this room. `member`: it must be able to run an app. */
export function checkHostOf(
  room: string,
  name: string,
  path: KeyPath,
  known: KnownPlaces,
  report: ReportIssue,
  wanted?: 'member',
): void {
  if (!checkRoom(room, path, known, report)) return;
  const host = known.hosts.get(name);
  if (host === undefined) {
    if (!known.mayBeHost(name, room))
      report(path, `there is no host ${name}${didYouMean(name, nearestFirst(room, known))}`);
  } else if (host.room !== room) report(path, `${name} is a host of room ${host.room}, not of room ${room}`);
  else if (host.role === 'spare')
    report(path, `${name} is a spare host; move it to hosts of room ${room} to use it here`);
  else if (wanted === 'member' && host.role === 'gateway')
    report(path, `${name} is the gateway of room ${room}; an app cannot run there`);
}

/** Names of hosts, those of the room first. */
function nearestFirst(room: string, { hosts }: KnownPlaces): string[] {
  const claims = [...hosts.values()].sort((a, b) => Number(b.room === room) - Number(a.room === room));
  return claims.map(({ name }) => name);
}
