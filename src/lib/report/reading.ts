import { hasRun } from '../host/unit.js';
import { excerpt } from '../masking/masked.js';
import type { Secrets } from '../masking/secret.js';

/** A file system with one of the paths. Shares are from 0 to 1. */
export interface FileSystem {
  readonly mount: string;
  /** Share of the space that an unprivileged writer may use, as df counts it. */
  readonly used: number;
  /** Null when the file system has no fixed number of inodes. */
  readonly inodesUsed: number | null;
}

export interface UnitReading {
  readonly unit: string;
  /** As `systemctl is-active` prints it. */
  readonly state: string;
  /** As hasRun() of host/unit.ts judges. */
  readonly hasRun: boolean;
  /** CPUs that it kept busy over the sample: 0.5 is half of one. Null: not known. */
  readonly cpusUsed: number | null;
  /** CPUs that it may use at most: all CPUs of the host, or its quota (CPUQuota=). */
  readonly cpus: number;
}

/** What a host reported about itself. Texts are as the host sent them: treat them as hostile until they are cleaned. */
export interface Reading {
  readonly os: string;
  readonly kernel: string;
  /** Such as `9.2p1`; empty when there is none. */
  readonly openssh: string;
  readonly cpus: number;
  readonly uptimeS: number;
  /** Share of all CPUs of the host that was busy over the sample; null without a sample. */
  readonly cpuBusy: number | null;
  /** Load average of the last minute. */
  readonly load: number;
  readonly memoryUsed: number | null;
  readonly fileSystems: readonly FileSystem[];
  readonly units: readonly UnitReading[];
  readonly failedUnits: readonly string[];
  /** Version by the file that holds it. */
  readonly versions: ReadonlyMap<string, string>;
}

interface Sample {
  readonly uptimeS: number;
  readonly stat: readonly number[];
  /** CPU time in seconds, by unit. */
  readonly cpu: Map<string, number>;
}

/** Parses the output of the script of readingCommand(); undefined when the output is not complete. */
export function parseReading(stdout: string): Reading | undefined {
  const lines = stdout.split('\n').map((line) => splitOnce(line, '='));
  const all = (key: string) => lines.flatMap(([name, value]) => (name === key ? [value] : []));
  const one = (key: string) => all(key)[0] ?? '';
  const cpus = numberOf(one('cpus'));
  const samples = samplesOf(lines, numberOf(one('tick')) ?? 100);
  const last = samples.at(-1);
  if (one('end') !== '1' || cpus === null || cpus < 1 || last === undefined) return undefined;
  const first = samples.length > 1 ? samples[0] : undefined;
  return {
    os: one('os'),
    kernel: one('kernel'),
    openssh: /OpenSSH_(\S{1,20}?),?(?:\s|$)/.exec(one('openssh'))?.[1] ?? '',
    cpus,
    uptimeS: last.uptimeS,
    cpuBusy: first === undefined ? null : busyShare(first.stat, last.stat),
    load: numberOf(one('load').split(' ')[0] ?? '') ?? 0,
    memoryUsed: usedShare(numberOf(one('memtotal')), numberOf(one('memavailable'))),
    fileSystems: fileSystemsOf(all('disk')),
    units: unitsOf(all, cpus, first, last),
    failedUnits: all('failed').filter((unit) => unit !== ''),
    versions: new Map(all('version').map((value) => splitOnce(value, '='))),
  };
}

/** Characters: a host may say anything of itself. */
const LONGEST_TEXT = 256;

/** The same with secrets masked in its texts: a version file may hold anything. */
export function maskedReading(reading: Reading, secrets: Secrets): Reading {
  const { os, kernel, units, failedUnits, versions } = reading;
  const safe = (text: string) => excerpt(secrets.mask(text), LONGEST_TEXT);
  return {
    ...reading,
    os: safe(os),
    kernel: safe(kernel),
    units: units.map((unit) => ({ ...unit, state: safe(unit.state) })),
    failedUnits: failedUnits.map(safe),
    versions: new Map([...versions].map(([file, version]) => [file, safe(version)])),
  };
}

function samplesOf(lines: readonly (readonly [string, string])[], ticksPerSecond: number): Sample[] {
  const samples: Sample[] = [];
  for (const [key, value] of lines) {
    if (key === 'sample') samples.push({ uptimeS: numberOf(value) ?? 0, stat: [], cpu: new Map() });
    const sample = samples.pop();
    if (sample === undefined) continue;
    const [amount, unit] = splitOnce(value, ' ');
    const count = numberOf(amount);
    if (key === 'nsec' && count !== null) sample.cpu.set(unit, count / 1e9);
    if (key === 'ticks' && count !== null) sample.cpu.set(unit, count / ticksPerSecond);
    samples.push(key === 'stat' ? { ...sample, stat: statOf(value) } : sample);
  }
  return samples;
}

/** `cpu user nice system idle iowait irq softirq steal …` of /proc/stat; guest time is part of user time (proc(5)). */
function statOf(line: string): number[] {
  return line.trim().split(/\s+/).slice(1, 9).map(Number);
}

function busyShare(before: readonly number[], after: readonly number[]): number | null {
  const passed = after.map((count, index) => count - (before[index] ?? 0));
  const total = passed.reduce((sum, count) => sum + count, 0);
  const idle = (passed[3] ?? 0) + (passed[4] ?? 0);
  return total > 0 ? clampShare((total - idle) / total) : null;
}

function unitsOf(
  all: (key: string) => readonly string[],
  cpus: number,
  first: Sample | undefined,
  last: Sample,
): UnitReading[] {
  const byUnit = (key: string) =>
    new Map(
      all(key)
        .map((line) => splitOnce(line, ' '))
        .map(([text, unit]) => [unit, text]),
    );
  const [quotas, runs] = [byUnit('quota'), byUnit('run')];
  return all('state').map((line) => {
    const [state, unit] = splitOnce(line, ' ');
    const quota = cpusOfQuota(quotas.get(unit) ?? '');
    const run = new Map((runs.get(unit) ?? '').split(';').map((each) => splitOnce(each, '=')));
    return {
      unit,
      state,
      hasRun: hasRun((key) => run.get(key) ?? ''),
      cpusUsed: cpusUsed(unit, first, last),
      cpus: Math.min(cpus, quota ?? cpus),
    };
  });
}

/** Null also when the counter went back: the unit was restarted in between. */
function cpusUsed(unit: string, first: Sample | undefined, last: Sample): number | null {
  const before = first?.cpu.get(unit);
  const after = last.cpu.get(unit);
  if (first === undefined || before === undefined || after === undefined || after < before) return null;
  const seconds = last.uptimeS - first.uptimeS;
  return seconds > 0 ? (after - before) / seconds : null;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { min: 60, s: 1, ms: 1e-3, us: 1e-6 };

/** CPU time a second as systemd writes it: `1s500ms` is one and a half CPUs, `infinity` is no limit. */
function cpusOfQuota(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:min|s|ms|us))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(?<!\d)(\d+(?:\.\d+)?)(min|ms|us|s)/g)];
  const cpus = parts.reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (UNIT_SECONDS[unit] ?? 0),
    0,
  );
  return cpus > 0 ? cpus : undefined;
}

/** One entry for each mount point: several paths may be on the same file system. */
function fileSystemsOf(lines: readonly string[]): FileSystem[] {
  const found = new Map<string, FileSystem>();
  for (const line of lines) {
    const match = /^(\d+) +(\d+) +(\d+) +(\d+|-) +(\d+|-) +(\S.*)$/.exec(line);
    const [, , used = '', available = '', inodes = '', inodesUsed = '', mount = ''] = match ?? [];
    if (match === null || found.has(mount)) continue;
    const reachable = Number(used) + Number(available);
    found.set(mount, {
      mount,
      used: reachable > 0 ? Number(used) / reachable : 1,
      inodesUsed: Number(inodes) > 0 ? Number(inodesUsed) / Number(inodes) : null,
    });
  }
  return [...found.values()];
}

function usedShare(total: number | null, available: number | null): number | null {
  return total === null || available === null || total === 0 ? null : clampShare(1 - available / total);
}

function clampShare(share: number): number {
  return Math.min(Math.max(share, 0), 1);
}

function numberOf(text: string): number | null {
  return /^\d{1,20}(\.\d{1,9})?$/.test(text.trim()) ? Number(text) : null;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
