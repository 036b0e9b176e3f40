import type { FileTree } from '../plan/plan.js';
import type { RemoteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import type { CommandResult } from '../ssh/transport.js';
import { howItEnded } from './remote.js';

type TreePaths = Pick<FileTree, 'paths' | 'exclude'>;

/**
 * The archive of a tree is the same bytes for the same files: entries sorted by name, the gnu format (whole-second
 * times, no process id in header names, no access times; GNU tar manual, 8.5 "Making tar archives more
 * reproducible"). So its sha256 is the fingerprint of content, names, modes, owners and times alike.
 * Names are given below `/` with a leading `./`, and excludes are taken literally.
 */
const TAR =
  'tar --create --file=- --directory=/ --sort=name --format=gnu --totals --anchored --no-wildcards "$@"';

/**
 * `tar | filter` with tar's exit status, which POSIX sh has no pipefail for: it leaves the pipe by descriptor 4.
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

/** The archive of a tree, through gzip, on stdout. */
export function packCommand(tree: TreePaths, timeoutMs: number): RemoteCommand {
  return scriptCommand(tarInto('gzip -1'), tarArguments(tree), 'read', timeoutMs);
}

function tarArguments({ paths, exclude }: TreePaths): string[] {
  return [...exclude.map((path) => `--exclude=.${path}`), ...paths.map((path) => `.${path}`)];
}

export interface Fingerprint {
  readonly digest: string;
  readonly bytes: number;
}

/** Reads what fingerprintCommand printed; undefined when a host printed something else. */
export function parseFingerprint(stdout: string, stderr: string): Fingerprint | undefined {
  const digest = /^([0-9a-f]{64})\b/m.exec(stdout)?.[1];
  const bytes = /^Total bytes written: (\d+)/m.exec(stderr)?.[1];
  return digest && bytes ? { digest, bytes: Number(bytes) } : undefined;
}

/** How a tar ended, without what it always says. */
export function howTarEnded(result: CommandResult): string {
  const noise = /^(Total bytes written|tar: Exiting with failure status|tar: Error is not recoverable)/;
  const stderr = result.stderr.split('\n').filter((line) => !noise.test(line));
  return howItEnded({ ...result, stderr: stderr.join('\n') });
}

/**
 * Receives a packed archive on stdin and puts it in place: stored, checked against the digest, unpacked aside, and
 * only then switched path by path with a rename. Nothing of a wrong or broken archive is ever in place.
 * Exit status 65: the digest differs.
 */
export function receiveCommand(tree: FileTree, operation: string, timeoutMs: number): RemoteCommand {
  return scriptCommand(
    RECEIVE,
    [`/var/lib/kuafu/${operation}`, tree.digest, ...tree.paths],
    'write',
    timeoutMs,
  );
}

export const DIGEST_DIFFERS = 65;

const RECEIVE = `
set -eu
stage=$1 digest=$2
shift 2
umask 077
# A host belongs to one operation at a time: what others left here when their link was cut is of no use to anybody.
for old in /var/lib/kuafu/[0-9][0-9][0-9][0-9][0-9][0-9]-????; do
  [ "$old" = "$stage" ] || rm -rf -- "$old"
done
mkdir -p -- "$stage"
trap 'rm -rf -- "$stage"' EXIT
trap 'exit 129' HUP
trap 'exit 143' TERM
gzip -dc > "$stage/archive"
sum=$(sha256sum < "$stage/archive")
[ "\${sum%% *}" = "$digest" ] || exit ${DIGEST_DIFFERS}
mkdir -p -- "$stage/root"
tar --extract --file="$stage/archive" --directory="$stage/root" --preserve-permissions --same-owner
rm -f -- "$stage/archive"
for path in "$@"; do
  (umask 022; mkdir -p -- "$(dirname -- "$path")")
  rm -rf -- "$path.kuafu-new" "$path.kuafu-old"
  mv -T -- "$stage/root$path" "$path.kuafu-new"
  # A file is replaced in one rename; a folder cannot be, so the old one steps aside first.
  if [ -d "$path" ] && ! [ -L "$path" ]; then mv -T -- "$path" "$path.kuafu-old"; fi
  mv -fT -- "$path.kuafu-new" "$path"
  rm -rf -- "$path.kuafu-old"
done
`;
