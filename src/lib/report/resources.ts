import type { Place } from './places.js';
import type { HostAnswer } from './read-hosts.js';
import type { FileSystem, Reading } from './reading.js';

/** Shares are from 0 to 1, load is per CPU. A value above its threshold is a finding. */
export interface Thresholds {
  readonly cpu: number;
  readonly load: number;
  readonly memory: number;
  readonly disk: number;
  readonly inodes: number;
}

/** One host with its places and its versions, by application. */
export interface HostUse extends HostAnswer {
  readonly places: readonly Place[];
  readonly versions: ReadonlyMap<string, string>;
}

/** A fact that an operator should look at. `value` and `limit` have the same unit; both are null when it has no number. */
export interface Finding {
  readonly host: string;
  readonly kind: keyof Thresholds | 'answer' | 'failed-unit' | 'service' | 'version' | 'clock' | 'traffic';
  /** Such as `disk /var`, `cron.service failed`. */
  readonly subject: string;
  readonly value: number | null;
  readonly limit: number | null;
}

/**
 * Hosts with a value above its threshold, a failed unit, no answer, or a version that differs from most of their group; by host.
 */
export function resourceFindings(hosts: readonly HostUse[], thresholds: Thresholds): Finding[] {
  const own = hosts.flatMap((host) =>
    host.reading === undefined ? [silence(host)] : readingFindings(host.host, host.reading, thresholds),
  );
  return [...own, ...versionFindings(hosts)];
}

/** The finding for a host that did not answer. */
export function silence({ host, message }: HostAnswer): Finding {
  return { host, kind: 'answer', subject: message, value: null, limit: null };
}

/** Services that do not run and units that failed. */
export function unitFindings(host: string, { units, failedUnits }: Reading): Finding[] {
  const plain = { host, value: null, limit: null };
  const stopped = units.filter(({ unit, state }) => state !== 'active' && !failedUnits.includes(unit));
  return [
    ...failedUnits.map((unit): Finding => ({ ...plain, kind: 'failed-unit', subject: `${unit} failed` })),
    ...stopped.map(
      ({ unit, state }): Finding => ({ ...plain, kind: 'service', subject: `${unit} is ${state}` }),
    ),
  ];
}

function readingFindings(host: string, reading: Reading, limits: Thresholds): Finding[] {
  const { cpuBusy, memoryUsed, fileSystems, load, cpus } = reading;
  const above = (kind: keyof Thresholds, subject: string, value: number | null): Finding[] =>
    value !== null && value > limits[kind] ? [{ host, kind, subject, value, limit: limits[kind] }] : [];
  return [
    ...above('cpu', 'CPU', cpuBusy),
    ...above('load', 'load per CPU', load / cpus),
    ...above('memory', 'memory', memoryUsed),
    ...fileSystems.flatMap(({ mount, used, inodesUsed }) => [
      ...above('disk', `disk ${mount}`, used),
      ...above('inodes', `inodes ${mount}`, inodesUsed),
    ]),
    ...unitFindings(host, reading),
  ];
}

/** For each group in all rooms: the version of most hosts is taken as the right one. */
function versionFindings(hosts: readonly HostUse[]): Finding[] {
  const findings: Finding[] = [];
  const places = hosts.flatMap((host) => host.places.map(({ app, group }) => JSON.stringify([app, group])));
  for (const key of new Set(places)) {
    const [app, group]: [string, string] = JSON.parse(key);
    const members = hosts.filter(
      (host) =>
        host.versions.has(app) && host.places.some((place) => place.app === app && place.group === group),
    );
    const most = mostCommon(members.map(({ versions }) => versions.get(app) ?? ''));
    for (const { host, versions } of members)
      if (versions.get(app) !== most)
        findings.push({
          host,
          kind: 'version',
          subject: `${app} is ${versions.get(app)}, most of ${app}/${group} have ${most}`,
          value: null,
          limit: null,
        });
  }
  return findings;
}

function mostCommon(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** A group in one room; hosts without a place are a group of no application. */
export interface UseRow {
  readonly app: string;
  readonly group: string;
  readonly room: string;
  readonly hosts: readonly HostUse[];
}

export function useRows(hosts: readonly HostUse[]): UseRow[] {
  const rows = new Map<string, { app: string; group: string; room: string; hosts: HostUse[] }>();
  for (const host of hosts) {
    const places = host.places.length > 0 ? host.places : [{ app: '', group: '' }];
    for (const { app, group } of places) {
      const key = JSON.stringify([app, group, host.room]);
      const row = rows.get(key) ?? { app, group, room: host.room, hosts: [] };
      rows.set(key, row);
      row.hosts.push(host);
    }
  }
  return [...rows.values()].sort((a, b) => Number(a.app === '') - Number(b.app === ''));
}

/** The highest value of some hosts; null when none was measured. */
export function highest(
  hosts: readonly HostUse[],
  value: (reading: Reading) => number | null,
): number | null {
  const values = hosts.flatMap(({ reading }) => {
    const found = reading === undefined ? null : value(reading);
    return found === null ? [] : [found];
  });
  return values.length === 0 ? null : Math.max(...values);
}

/** The fullest of a host's file systems. */
export function fullest(fileSystems: readonly FileSystem[], of: 'used' | 'inodesUsed'): number | null {
  const values = fileSystems.flatMap((each) => each[of] ?? []);
  return values.length === 0 ? null : Math.max(...values);
}

/** The versions of applications in a reading. */
export function versionsOf(
  reading: Reading | undefined,
  apps: readonly { readonly name: string; readonly version?: { readonly file: string } | undefined }[],
): ReadonlyMap<string, string> {
  return new Map(
    apps.flatMap(({ name, version }): [string, string][] => {
      const found = version && reading?.versions.get(version.file);
      return found === undefined ? [] : [[name, found]];
    }),
  );
}
