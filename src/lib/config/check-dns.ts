import { canonicalAddress } from '../names/addresses.js';
import { didYouMean } from '../names/suggest.js';
import { buildHttpCheck } from './build-health.js';
import { checkHostOf, checkRoom, type KnownPlaces } from './check-places.js';
import type { KeyPath, ReportIssue } from './config-error.js';
import { judgingOf } from './judging.js';
import type { Shape } from './schema.js';
import { type DnsZoneShape, MAX_DNS_NAME } from './schema-dns.js';

/** Checks that rooms, hosts and applications of zones exist, and that each name always has a room. */
export function checkDns(
  { apps, layers }: Pick<Shape, 'apps' | 'layers'>,
  known: KnownPlaces,
  report: ReportIssue,
): void {
  for (const [zone, shape] of Object.entries(layers.dns)) {
    const path = ['layers', 'dns', zone];
    if (shape.provider !== 'exec')
      for (const [room, host] of Object.entries(shape.servers))
        checkHostOf(room, host, [...path, 'servers', room], known, report);
    for (const [name, one] of Object.entries(shape.names)) {
      const at = [...path, 'names', name];
      checkLength(name, zone, at, report);
      for (const room of Object.keys(one.rooms)) checkRoom(room, [...at, 'rooms', room], known, report);
      checkAddresses(one.rooms, at, report);
      if (!known.isUncertain(['apps'])) checkApp(one.app, Object.keys(apps), [...at, 'app'], report);
      if (known.isUncertain(at)) continue;
      checkSteady(one, shape.provider, at, report);
      checkJudged(one, name === '@' ? zone : `${name}.${zone}`, shape.provider, [...at, 'judged'], report);
    }
    for (const [index, name] of shape.excused.entries())
      if (Object.hasOwn(shape.names, name))
        report([...path, 'excused', index], `${name} is under names: what kuafu moves is not excused`);
  }
}

type NameShape = DnsZoneShape['names'][string];

function checkLength(name: string, zone: string, path: KeyPath, report: ReportIssue): void {
  if (name !== '@' && name.length + 1 + zone.length > MAX_DNS_NAME)
    report(path, `is too long: with its zone a name has at most ${MAX_DNS_NAME} characters`, 'key');
}

function checkApp(
  app: string | undefined,
  apps: readonly string[],
  path: KeyPath,
  report: ReportIssue,
): void {
  if (app !== undefined && !apps.includes(app))
    report(path, `there is no application ${app}${didYouMean(app, apps)}`);
}

/** An address shows where traffic goes, so no two rooms have the same. */
function checkAddresses(rooms: NameShape['rooms'], path: KeyPath, report: ReportIssue): void {
  const owners = new Map<string, string>();
  for (const [room, addresses] of Object.entries(rooms))
    for (const address of addresses.map(canonicalAddress)) {
      const owner = owners.get(address);
      if (owner === undefined) owners.set(address, room);
      else report([...path, 'rooms', room], `${address} is the address of room ${owner} already`);
    }
}

function checkJudged(
  { judged, health, rooms, steady }: NameShape,
  whole: string,
  provider: string,
  path: KeyPath,
  report: ReportIssue,
): void {
  if (judged === undefined) return;
  if (provider !== 'powerdns') report(path, `${provider} judges no name by health`);
  const name = {
    health: health && buildHttpCheck(health, '/'),
    rooms: new Map(Object.entries(rooms)),
    steady: new Map(Object.entries(steady)),
  };
  const judging = judgingOf(whole, name, judged.allDown);
  if ('problem' in judging) report(path, `the name ${judging.problem}`);
}

function checkSteady(
  { rooms, steady }: NameShape,
  provider: string,
  path: KeyPath,
  report: ReportIssue,
): void {
  const at = [...path, 'steady'];
  const foreign = Object.keys(steady).filter((room) => !Object.hasOwn(rooms, room));
  for (const room of foreign) report(at, `room ${room} has no address of this name`);
  const weights = new Set(Object.values(steady).filter((weight) => weight > 0));
  if (weights.size === 0) report(at, 'no room has any weight: the name would lead nowhere');
  if (weights.size > 1 && provider !== 'powerdns')
    report(at, `the weights differ, and ${provider} knows none: a room is in or out`);
}
