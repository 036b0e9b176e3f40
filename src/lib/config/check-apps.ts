import { fold } from '../names/nodeset.js';
import { checkHostOf, checkRoom, type KnownPlaces } from './check-places.js';
import type { KeyPath, ReportIssue } from './config-error.js';
import type { AppShape, Shape } from './schema.js';

/** What apps are checked against. */
export interface KnownToApps extends KnownPlaces {
  /** False for an app with faults in `files` or `exclude`. */
  hasWholeFiles(app: string): boolean;
}

/** Checks that the rooms and hosts of apps exist and fit together, and that each excluded path is in an included one. */
export function checkApps(apps: Shape['apps'], known: KnownToApps, report: ReportIssue): void {
  for (const [name, app] of Object.entries(apps)) {
    const path = ['apps', name];
    if (known.hasWholeFiles(name)) {
      checkFiles(app, path, report);
      checkExcluded(app, path, report);
    }
    for (const room of Object.keys(app.env?.rooms ?? {}))
      checkRoom(room, [...path, 'env', 'rooms', room], known, report);
    for (const [room, hosts] of Object.entries(app.traffic?.haproxy ?? {}))
      for (const host of hosts) checkHostOf(room, host, [...path, 'traffic', 'haproxy', room], known, report);
    for (const [group, rooms] of Object.entries(app.groups))
      for (const [room, hosts] of Object.entries(rooms))
        checkMembers(room, hosts, [...path, 'groups', group, room], known, report);
  }
}

/** A mistake in a range is one fault, however many hosts the range names. */
function checkMembers(
  room: string,
  names: readonly string[],
  path: KeyPath,
  known: KnownPlaces,
  report: ReportIssue,
): void {
  const missing = names.filter((name) => !known.hosts.has(name) && !known.mayBeHost(name, room));
  const areMany = missing.length > 1 && known.rooms.includes(room);
  if (areMany) report(path, `there are no hosts ${fold(missing)}`);
  for (const name of names)
    if (!areMany || known.hosts.has(name)) checkHostOf(room, name, path, known, report, 'member');
}

/** Each path is switched as a whole, so no path may be inside another. */
function checkFiles({ files }: AppShape, path: KeyPath, report: ReportIssue): void {
  for (const [index, file] of files.entries()) {
    const outer = files.find((other, at) => file.startsWith(`${other}/`) || (other === file && at < index));
    if (outer !== undefined) report([...path, 'files', index], `${file} is copied with ${outer} already`);
  }
}

function checkExcluded({ files, exclude }: AppShape, path: KeyPath, report: ReportIssue): void {
  for (const [index, excluded] of exclude.entries())
    if (!files.some((file) => excluded.startsWith(`${file}/`)))
      report([...path, 'exclude', index], `${excluded} is in none of the files that are copied`);
}
