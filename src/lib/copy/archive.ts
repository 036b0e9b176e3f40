import type { FileTree, PackedArchive } from '../plan/action.js';
import { howItEnded } from '../run/remote.js';
import type { RemoteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import type { CommandResult } from '../ssh/transport.js';

/** Slower than this reads no disk that is well, in bytes a millisecond. */
const SLOWEST_READ = 5_000;
const SHORTEST_READ_MS = 300_000;

/** How long a tree of so many bytes may take to be read or written as a whole. */
export function readLimitMs(bytes: number): number {
  return SHORTEST_READ_MS + Math.ceil(bytes / SLOWEST_READ);
}

type TreePaths = Pick<FileTree, 'paths' | 'exclude' | 'format'>;

/**
 * The archive of a tree is the same bytes for the same files: entries sorted by name, the gnu format (whole-second
 * times, no process id in header names, no access times; GNU tar manual, 8.5 "Making tar archives more
 * reproducible"). So its sha256 is the fingerprint of content, names, modes, owners and times alike.
 * Names are given below `/` with a leading `./`, and excludes are taken literally. Packed twice by the same program it is
 * the same bytes again: zstd and gzip read from a pipe, and put no name and no time into what they write.
 */
const TAR =
  'tar --create --file=- --directory=/ --sort=name --format=gnu --totals --anchored --no-wildcards "$@"';

/**
 * The same with what only pax headers hold: capabilities and other attributes, access lists, holes. Of the ways in which pax
 * has holes 0.0 is the one without a process id in names. Labels of SELinux are given by each host's own policy.
 */
const PAX = [
  '--format=posix',
  '--pax-option=delete=atime,delete=ctime,delete=mtime,exthdr.name=%d/PaxHeaders/%f',
  '--xattrs',
  '--xattrs-include=*',
  '--xattrs-exclude=security.selinux',
  '--acls',
  '--sparse',
  '--sparse-version=0.0',
];

const COMPRESS = 'compress() { if [ "$codec" = zstd ]; then zstd -q -1 -T1 -c; else gzip -1 -n; fi; }';

/**
 * `tar | filter` with tar's exit status, which POSIX sh has no pipefail for: it leaves the pipe by descriptor 4.
 * The filter's stdout is that of the script, which it also has as descriptor 3.
 */
function tarInto(filter: string): string {
  return `
export LC_ALL=C
exec 3>&1
status=$( { { ${TAR}; echo $? >&4; } | ${filter} >&3; } 4>&1 )
exit "$status"`;
}

/**
 * Digest and size of a tree on a host; read by parseFingerprint. A file that is missing or changes meanwhile is a
 * non-zero exit.
 */
export function fingerprintCommand(tree: TreePaths, timeoutMs: number): RemoteCommand {
  return scriptCommand(tarInto('sha256sum'), tarArguments(tree), 'read', timeoutMs);
}

// Each consumer of a stream gets it through a tee; all of it is one pass over the files.
const WEIGH = `
codec=$1
shift
if [ "$codec" = any ]; then if command -v zstd >/dev/null 2>&1; then codec=zstd; else codec=gzip; fi; fi
echo "codec $codec"
${COMPRESS}
${tarInto(
  `{ tee /dev/fd/5 | sha256sum | sed 's/^/content /' >&3; } 5>&1 | compress |
   { tee /dev/fd/6 | b2sum | sed 's/^/packed /' >&3; } 6>&1 | wc -c | sed 's/^/size /'`,
)}`;

/**
 * The same with the digest and size of the packed archive, so that whoever receives it knows its end and that it is whole.
 * That digest is BLAKE2b: every receiver makes it while it is busy with the link, and coreutils takes less than half of the
 * time for it that SHA-256 takes.
 * `any`: with zstd where the host has it. Read by parseWeighed.
 */
export function weighCommand(
  tree: TreePaths,
  codec: PackedArchive['codec'] | 'any',
  timeoutMs: number,
): RemoteCommand {
  return scriptCommand(WEIGH, [codec, ...tarArguments(tree)], 'read', timeoutMs);
}

/** No more than `rate` bytes a second of `size` (as templates/copy/feed.sh does it); what is beyond that is another tree. */
const PACE = `
pace() {
  piece=$((rate / 4)) pause=0.25 block=65536
  if [ "$piece" -eq 0 ]; then piece=$rate pause=1; fi
  if [ "$piece" -lt "$block" ]; then block=$piece; fi
  exec 5>&1
  while [ "$size" -gt 0 ]; do
    [ "$piece" -le "$size" ] || piece=$size
    sleep "$pause" > /dev/null 2>&1 3>&- 4>&- 5>&- &
    moved=$(dd bs="$block" count="$piece" iflag=fullblock,count_bytes 2>&1 >&5) || return
    case $moved in *'
0 bytes '*) return ;; esac
    size=$((size - piece))
    wait $!
  done
  cat
}`;

/** The archive of a tree, packed, on stdout; so many bytes no faster than that, where there is a limit. */
export function packCommand(
  tree: TreePaths,
  codec: PackedArchive['codec'],
  timeoutMs: number,
  limit?: { readonly bytes: number; readonly bytesPerSecond: number },
): RemoteCommand {
  const filter = limit === undefined ? 'compress' : 'compress | pace';
  const pace = limit === undefined ? '' : `size=${limit.bytes} rate=${limit.bytesPerSecond}${PACE}`;
  const script = `codec=$1; shift\n${pace}\n${COMPRESS}\n${tarInto(filter)}`;
  return scriptCommand(script, [codec, ...tarArguments(tree)], 'read', timeoutMs);
}

/** What tells tar which files make the tree: the format, excludes, then paths, each below the folder it works in. */
export function tarArguments({ paths, exclude, format }: TreePaths): string[] {
  return [
    ...(format === 'pax' ? PAX : []),
    ...exclude.map((path) => `--exclude=.${path}`),
    ...paths.map((path) => `.${path}`),
  ];
}

export interface Fingerprint {
  readonly digest: string;
  readonly bytes: number;
}

export interface Weighed extends Fingerprint {
  readonly packed: PackedArchive;
}

/** Reads what fingerprintCommand printed; undefined when a host printed something else. */
export function parseFingerprint(stdout: string, stderr: string): Fingerprint | undefined {
  const digest = /^([0-9a-f]{64})\b/m.exec(stdout)?.[1];
  const bytes = totalBytes(stderr);
  return digest && bytes ? { digest, bytes } : undefined;
}

/** Reads what weighCommand printed; undefined when a host printed something else. */
export function parseWeighed(stdout: string, stderr: string): Weighed | undefined {
  const value = (key: string) => new RegExp(`^${key} (\\w+)`, 'm').exec(stdout)?.[1] ?? '';
  const codec = value('codec');
  const digest = value('content');
  const packed = { digest: value('packed'), bytes: Number(value('size')) };
  const bytes = totalBytes(stderr);
  if (!isDigest(digest, 64) || !isDigest(packed.digest, 128) || !packed.bytes || !bytes) return undefined;
  if (codec !== 'zstd' && codec !== 'gzip') return undefined;
  return { digest, bytes, packed: { codec, ...packed } };
}

function totalBytes(stderr: string): number {
  return Number(/^Total bytes written: (\d+)/m.exec(stderr)?.[1]);
}

function isDigest(text: string, digits: number): boolean {
  return text.length === digits && /^[0-9a-f]+$/.test(text);
}

/** How a tar ended, without what it always says. */
export function howTarEnded(result: CommandResult): string {
  return howItEnded({ ...result, stderr: withoutTarNoise(result.stderr) });
}

function withoutTarNoise(stderr: string): string {
  const noise = /^(Total bytes written|tar: Exiting with failure status|tar: Error is not recoverable)/;
  return stderr
    .split('\n')
    .filter((line) => !noise.test(line))
    .join('\n');
}
