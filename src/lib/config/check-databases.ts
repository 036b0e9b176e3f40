import { checkHostOf, type KnownPlaces } from './check-places.js';
import type { ReportIssue } from './config-error.js';
import type { Shape } from './schema.js';

/** Checks that the servers and proxies of databases are hosts of their rooms, and that each home has a server. */
export function checkDatabases(
  databases: Shape['layers']['database'],
  known: KnownPlaces,
  report: ReportIssue,
): void {
  for (const [name, { members, home, proxies }] of Object.entries(databases)) {
    const path = ['layers', 'database', name];
    for (const [room, host] of Object.entries(members))
      checkHostOf(room, host, [...path, 'members', room], known, report);
    for (const [room, host] of Object.entries(proxies?.haproxy ?? {}))
      checkHostOf(room, host, [...path, 'proxies', 'haproxy', room], known, report);
    if (!Object.hasOwn(members, home))
      report(
        [...path, 'home'],
        `room ${home} has no server of ${name}; members has ${Object.keys(members).join(', ')}`,
      );
  }
}
