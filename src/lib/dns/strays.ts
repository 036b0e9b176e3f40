import type { Config } from '../config/config-types.js';
import { wholeName } from '../layers/dns/records.js';
import { contains } from '../names/addresses.js';
import type { ZoneReport } from './read-zones.js';
import { type ZoneSet, zoneSets } from './zone-sets.js';

/** A name that leads to a room, and that nobody would move. */
export interface Stray extends Omit<ZoneSet, 'isDeclared'> {
  readonly rooms: readonly string[];
}

/** Names of zones that point at a room, and are neither declared nor excused. */
export function findStrays(report: ZoneReport, config: Pick<Config, 'rooms' | 'dns'>): Stray[] {
  const roomsOf = roomFinder(config);
  const excused = new Set(
    report.zones.flatMap((zone) => zone.excused.map((name) => wholeName(name, zone.name))),
  );
  return zoneSets(report).flatMap(({ isDeclared, ...set }) => {
    const rooms = [...new Set(addressesIn(set).flatMap(roomsOf))].sort();
    return isDeclared || excused.has(set.name) || rooms.length === 0 ? [] : [{ ...set, rooms }];
  });
}

/** An address is of a room if a name declares it so, or if it is in the room's network. */
function roomFinder({ rooms, dns }: Pick<Config, 'rooms' | 'dns'>): (address: string) => string[] {
  const names = [...dns.values()].flatMap((zone) => [...zone.names.values()]);
  const declared = new Map(
    names.flatMap((name) =>
      [...name.rooms].flatMap(([room, own]) => own.map((address): [string, string] => [address, room])),
    ),
  );
  return (address) => {
    const room = declared.get(address);
    if (room !== undefined) return [room];
    return [...rooms.values()].filter(({ network }) => contains(network, address)).map(({ name }) => name);
  };
}

/** A name that leads to another name moves with that one. */
function addressesIn({ type, values }: Pick<ZoneSet, 'type' | 'values'>): readonly string[] {
  if (type === 'CNAME') return [];
  return type === 'LUA'
    ? values.flatMap((value) => value.match(/(?<![0-9A-Fa-f])[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+/g) ?? [])
    : values;
}
