import { hostScript } from '../../host-script.js';
import { howItEnded } from '../run/remote.js';
import type { ReadCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import type { CommandResult } from '../ssh/transport.js';
import type { FileTree, PackedArchive } from './file-tree.js';
import { isProgress } from './reading-progress.js';

/** Every healthy disk reads faster than this, in bytes a millisecond. */
const SLOWEST_READ = 5_000;
const SHORTEST_READ_MS = 300_000;

/** How long reading or writing a whole tree of this size may take. */
export function readLimitMs(bytes: number): number {
  return SHORTEST_READ_MS + Math.ceil(bytes / SLOWEST_READ);
}

type TreePaths = Pick<FileTree, 'paths' | 'exclude' | 'format'>;

/**
 * What only pax headers hold: capabilities and other attributes, access lists, holes. Of the pax formats for holes, 0.0 is
 * the one without a process id in names. SELinux labels are left out: each host's own policy sets them.
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

/**
 * Digest and size of a tree on a host; read by parseFingerprint. The same files always give the same archive bytes (GNU tar
 * manual, 8.5 "Making tar archives more reproducible"). So the archive's sha256 is the fingerprint of content, names, modes,
 * owners and times. A file that is missing or changes meanwhile gives a non-zero exit status.
 */
export function fingerprintCommand(tree: TreePaths, timeoutMs: number): ReadCommand {
  return scriptCommand(hostScript('copy/fingerprint'), tarArguments(tree), 'read', timeoutMs);
}

/**
 * Like fingerprintCommand, with the digest and size of the packed archive: the receiver then knows where it ends and that it
 * is whole. `any`: with zstd if the host has it. Read by parseWeighed. `progress`: from progressArguments.
 */
export function weighCommand(
  tree: TreePaths,
  codec: PackedArchive['codec'] | 'any',
  timeoutMs: number,
  progress: readonly string[] = [],
): ReadCommand {
  return scriptCommand(
    hostScript('copy/weigh'),
    [codec, ...progress, ...tarArguments(tree)],
    'read',
    timeoutMs,
  );
}

/** The archive of a tree, packed, on standard output; with a limit, at most that many bytes a second. */
export function packCommand(
  tree: TreePaths,
  codec: PackedArchive['codec'],
  timeoutMs: number,
  limit?: { readonly bytes: number; readonly bytesPerSecond: number },
): ReadCommand {
  const { bytes, bytesPerSecond } = limit ?? { bytes: 0, bytesPerSecond: 0 };
  const words = [codec, String(bytes), String(bytesPerSecond), ...tarArguments(tree)];
  return scriptCommand(hostScript('copy/pack'), words, 'read', timeoutMs);
}

/**
 * The arguments that tell tar which files make the tree: the format, excludes, then paths, each below the folder tar works
 * in.
 */
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

/** Reads what fingerprintCommand printed; undefined if a host printed something else. */
export function parseFingerprint(stdout: string, stderr: string): Fingerprint | undefined {
  const digest = /^([0-9a-f]{64})\b/m.exec(stdout)?.[1];
  const bytes = totalBytes(stderr);
  return digest && bytes ? { digest, bytes } : undefined;
}

/** Reads what weighCommand printed; undefined if a host printed something else. */
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

/** How a tar run ended, without the lines that tar always prints. */
export function howTarEnded(result: CommandResult): string {
  return howItEnded({ ...result, stderr: withoutTarNoise(result.stderr) });
}

function withoutTarNoise(stderr: string): string {
  const noise = /^(Total bytes written|tar: Exiting with failure status|tar: Error is not recoverable)/;
  return stderr
    .split('\n')
    .filter((line) => !noise.test(line) && !isProgress(line))
    .join('\n');
}
