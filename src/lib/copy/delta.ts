import { hostScript } from '../../host-script.js';
import type { ReadCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import { readLimitMs } from './archive.js';
import type { FileTree } from './file-tree.js';

/** Names are passed on a command line, quoted, with other arguments; Linux allows 128 KiB (execve(2), MAX_ARG_STRLEN). */
const MOST_NAME_BYTES = 30_000;
/** Making and checking a difference has a cost. It must save at least this many bytes, and this share of the whole. */
const LEAST_SAVED_BYTES = 1_000_000;
const LEAST_SAVED_SHARE = 0.2;

/** A large file. `about` holds all that must match for two files at the same path to be the same. */
interface LargeFile {
  readonly about: string;
  readonly bytes: number;
}

/** The large files of a tree on a host; read by parseManifest. */
export function manifestCommand({ paths, bytes }: Pick<FileTree, 'paths' | 'bytes'>): ReadCommand {
  return scriptCommand(hostScript('copy/large-files'), paths, 'read', readLimitMs(bytes));
}

/** Large files by path. Names that a list of lines cannot hold are left out; those files are sent. */
export function parseManifest(stdout: string): ReadonlyMap<string, LargeFile> {
  const digests = new Map<string, string>();
  const stats = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const digest = /^([0-9a-f]{64}) {2}(\/.*)$/.exec(line);
    const stat = /^S (\d+ \d+ \d+ \d+ \d+) (\/.*)$/.exec(line);
    if (digest?.[1] && digest[2]) digests.set(digest[2], digest[1]);
    else if (stat?.[1] && stat[2]) stats.set(stat[2], stat[1]);
  }
  const files = new Map<string, LargeFile>();
  for (const [path, about] of stats) {
    const digest = digests.get(path);
    const bytes = Number(about.split(' ').at(-1));
    if (digest !== undefined) files.set(path, { about: `${about} ${digest}`, bytes });
  }
  return files;
}

/**
 * Paths of files that are the same on the host and the template, the largest first. Empty if leaving them out would not save
 * enough.
 */
export function filesInCommon(
  template: ReadonlyMap<string, LargeFile>,
  host: ReadonlyMap<string, LargeFile>,
  tree: Pick<FileTree, 'bytes' | 'exclude'>,
): readonly string[] {
  const same = [...template]
    .filter(([path, { about }]) => host.get(path)?.about === about)
    .filter(([path]) => !tree.exclude.some((left) => path === left || path.startsWith(`${left}/`)))
    .sort(([, a], [, b]) => b.bytes - a.bytes);
  const common: string[] = [];
  let nameBytes = 0;
  let saved = 0;
  for (const [path, { bytes }] of same) {
    nameBytes += Buffer.byteLength(path) + 16;
    if (nameBytes > MOST_NAME_BYTES) break;
    common.push(path);
    saved += bytes;
  }
  return saved >= Math.max(LEAST_SAVED_BYTES, tree.bytes * LEAST_SAVED_SHARE) ? common.sort() : [];
}
