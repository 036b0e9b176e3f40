import { hostScript } from '../../host-script.js';
import { scriptCommand } from '../shell/quote.js';
import type { Session } from '../ssh/transport.js';
import { type LogSources, logOf } from './sources.js';

/** A log file of a host, current or rotated away. */
export interface LogFile {
  /** Device, inode and birth; outlives its path. */
  readonly id: string;
  readonly path: string;
  /** Path of the log that it is a part of. */
  readonly log: string;
  readonly mtimeMs: number;
  readonly size: number;
}

export interface LogListing {
  /** Oldest first. */
  readonly files: readonly LogFile[];
  /** Patterns that name nothing. */
  readonly missing: readonly string[];
  readonly clockMs: number;
  readonly zoneMinutes: number;
}

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 8 * 1024 * 1024;
const REGULAR = '8';

/** The files of a host's logs, with those that were rotated away. Errors as Session. */
export async function listLogs(
  session: Session,
  { files: patterns }: LogSources,
  signal?: AbortSignal,
): Promise<LogListing> {
  const command = scriptCommand(hostScript('logs/list'), [patterns.join('\n')], 'read', TIMEOUT_MS);
  const io = { maxOutputBytes: MAX_BYTES, ...(signal && { signal }) };
  const { stdout } = await session.run(command, io);
  const [clock = '', ...rest] = stdout.split('\n');
  const [seconds = '0', zone = '+0000'] = clock.split(' ');
  const records = rest.join('\n').split('\0');
  const files = records.flatMap(parseFile);
  const byId = new Map(files.map((file) => [file.id, file]));
  return {
    files: [...byId.values()].sort((a, b) => a.mtimeMs - b.mtimeMs || (a.path < b.path ? 1 : -1)),
    missing: records.flatMap((record) => (record.startsWith('- ') ? [record.slice(2)] : [])),
    clockMs: Number(seconds) * 1000,
    zoneMinutes: (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))) * (zone.startsWith('-') ? -1 : 1),
  };
}

/** Whether it can be read without unpacking. */
export function readableAsItIs({ path }: LogFile): boolean {
  return !/\.(?:gz|xz|bz2|zst|lz4|zip|Z)$/.test(path);
}

function parseFile(record: string): LogFile[] {
  const [, id, mtime, size, mode, path] = /^(\S+) (\d+) (\d+) ([0-9a-f]+) (\/.*)$/s.exec(record) ?? [];
  if (id === undefined || path === undefined || !mode?.startsWith(REGULAR)) return [];
  return [{ id, path, log: logOf(path), mtimeMs: Number(mtime) * 1000, size: Number(size) }];
}
