import type { Finding, Thresholds } from '../../report/resources.js';
import { fullest, type HostUse, highest, type UseRow, useRows } from '../../report/resources.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { type CsvValue, renderCsv } from '../frame/csv.js';
import { type BarChart, type PageTable, renderPage } from '../frame/page.js';
import { renderTable } from '../frame/table.js';
import { hang } from '../frame/wrap-words.js';
import { percent } from './capacity-view.js';
import { findingLines } from './finding-view.js';

/** The content of `kuafu report resources`. */
export interface ResourceReport {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly sampleMs: number;
  readonly thresholds: Thresholds;
  readonly hosts: readonly HostUse[];
  readonly findings: readonly Finding[];
}

export interface UseViewOptions {
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

const HEAD = ['HOSTS', 'CPU', 'LOAD', 'MEM', 'DISK', 'INODES', 'VERSION'];

/** Findings, then for each group in each room a row with the highest values of its hosts; or a row for each host. */
export function renderResources(
  report: ResourceReport,
  byHost: boolean,
  options: UseViewOptions = {},
): string {
  const { paint = plain, width } = options;
  const lines = findingLines(report.findings).map((line) =>
    paint.red(hang('', line, width ?? Number.POSITIVE_INFINITY)),
  );
  const style = { paintHead: (text: string) => paint.dim(text), ...(width === undefined ? {} : { width }) };
  const table = byHost
    ? renderTable(['HOST', 'ROOM', ...HEAD.slice(1)], report.hosts.map(hostCells), style)
    : renderTable(['GROUP', 'ROOM', ...HEAD], useRows(report.hosts).map(rowCells), style);
  return [lines.join('\n'), table].filter((block) => block !== '').join('\n\n');
}

function rowCells(row: UseRow): string[] {
  const answered = row.hosts.filter(({ reading }) => reading !== undefined).length;
  const versions = new Set(row.hosts.flatMap(({ versions }) => versions.get(row.app) ?? []));
  const group = row.app === '' ? '-' : `${row.app}/${row.group}`;
  return [
    group,
    row.room,
    `${answered}/${row.hosts.length}`,
    ...useCells(row.hosts),
    [...versions].join(', '),
  ];
}

function hostCells(host: HostUse): string[] {
  const versions = [...host.versions].map(([app, version]) => `${app} ${version}`);
  const last = host.reading === undefined ? host.message : versions.join(', ');
  return [host.host, host.room, ...useCells([host]), last];
}

function useCells(hosts: readonly HostUse[]): string[] {
  const load = highest(hosts, (reading) => reading.load);
  const share = (value: number | null) => (value === null ? '-' : percent(value));
  return [
    share(highest(hosts, ({ cpuBusy }) => cpuBusy)),
    load === null ? '-' : load.toFixed(1),
    share(highest(hosts, ({ memoryUsed }) => memoryUsed)),
    share(highest(hosts, ({ fileSystems }) => fullest(fileSystems, 'used'))),
    share(highest(hosts, ({ fileSystems }) => fullest(fileSystems, 'inodesUsed'))),
  ];
}

/** A row for each host. */
export function renderResourcesCsv({ hosts }: ResourceReport): string {
  const head = [
    'host',
    'room',
    'groups',
    'status',
    'cpus',
    'cpu',
    'load',
    'memory',
    'disk',
    'inodes',
    'failed_units',
    'versions',
  ];
  const rows = hosts.map(({ host, room, places, status, reading, versions }): CsvValue[] => [
    host,
    room,
    places.map(({ app, group }) => `${app}/${group}`).join(' '),
    status,
    reading?.cpus ?? null,
    thousandths(reading?.cpuBusy),
    reading?.load ?? null,
    thousandths(reading?.memoryUsed),
    thousandths(fullest(reading?.fileSystems ?? [], 'used')),
    thousandths(fullest(reading?.fileSystems ?? [], 'inodesUsed')),
    reading?.failedUnits.join(' ') ?? '',
    [...versions].map(([app, version]) => `${app}=${version}`).join(' '),
  ]);
  return renderCsv(head, rows);
}

function thousandths(value: number | null | undefined): number | null {
  return value == null ? null : Math.round(value * 1000) / 1000;
}

/** `kuafu report resources --json`; schemas/report-resources.schema.json. Shares are from 0 to 1. */
export function resourcesDocument(report: ResourceReport, exitCode: number): object {
  const { at, sampleMs, thresholds, hosts, findings } = report;
  return {
    kind: 'kuafu.report-resources',
    version: 1,
    at,
    exitCode,
    sampleMs,
    thresholds,
    hosts: hosts.map(({ host, room, status, message, places, reading, versions }) => ({
      host,
      room,
      places,
      status,
      message,
      cpus: reading?.cpus ?? null,
      cpuBusy: thousandths(reading?.cpuBusy),
      load: reading?.load ?? null,
      memoryUsed: thousandths(reading?.memoryUsed),
      fileSystems: (reading?.fileSystems ?? []).map(({ mount, used, inodesUsed }) => ({
        mount,
        used: thousandths(used),
        inodesUsed: thousandths(inodesUsed),
      })),
      failedUnits: reading?.failedUnits ?? [],
      versions: Object.fromEntries(versions),
    })),
    findings,
  };
}

/** `kuafu report resources --html`. Charts show the highest value of each group in each room. */
export async function renderResourcesPage(report: ResourceReport): Promise<string> {
  const { at, hosts, thresholds, findings } = report;
  const rows = useRows(hosts);
  const chart = (title: string, limit: number, value: (row: UseRow) => number | null): BarChart => {
    const values = rows.map(value);
    const tone = values.map((each) => ((each ?? 0) > limit ? 'bad' : 'plain') as 'bad' | 'plain');
    return {
      title,
      unit: '% (highest of its hosts)',
      labels: rows.map(
        ({ app, group, room }) => `${app === '' ? 'others' : `${app}/${group}`}, room ${room}`,
      ),
      series: [{ name: title, tone, values: values.map((each) => (each === null ? null : each * 100)) }],
      limit: { name: `above ${percent(limit)}`, value: limit * 100 },
    };
  };
  const bad = findingLines(findings).map((text) => ({ text, tone: 'bad' as const }));
  return await renderPage({
    title: 'Resources in use',
    at,
    asked: `Asked: is any host above ${percent(thresholds.cpu)} CPU, ${percent(thresholds.memory)} memory, ${percent(thresholds.disk)} disk or ${percent(thresholds.inodes)} inodes, or is a unit of it failed?`,
    verdicts:
      bad.length > 0
        ? bad
        : [{ text: `all ${hosts.length} hosts are below their thresholds`, tone: 'good' as const }],
    commands: [],
    charts: [
      chart('CPU', thresholds.cpu, (row) => highest(row.hosts, ({ cpuBusy }) => cpuBusy)),
      chart('Memory', thresholds.memory, (row) => highest(row.hosts, ({ memoryUsed }) => memoryUsed)),
      chart('Disk', thresholds.disk, (row) =>
        highest(row.hosts, (each) => fullest(each.fileSystems, 'used')),
      ),
      chart('Inodes', thresholds.inodes, (row) =>
        highest(row.hosts, (each) => fullest(each.fileSystems, 'inodesUsed')),
      ),
    ],
    tables: [
      tableOf('By group and room, the highest of its hosts', ['GROUP', 'ROOM', ...HEAD], rows.map(rowCells)),
      tableOf('Hosts', ['HOST', 'ROOM', ...HEAD.slice(1)], hosts.map(hostCells)),
    ],
    notes: [],
  });
}

function tableOf(title: string, head: readonly string[], rows: readonly (readonly string[])[]): PageTable {
  return { title, head: head.map((name) => name.slice(0, 1) + name.slice(1).toLowerCase()), rows };
}
