import type { FileTree, PackedArchive } from '../plan/plan.js';
import type { RemoteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';

/** Where hosts keep what they need for an operation, each in a folder OPERATION.SOMETHING into which nobody else may look. */
export const SPOOLS = '/var/lib/kuafu';

// Unpacked aside, and only then switched path by path with a rename. $archive, $stage and $codec are set.
const PLACE = `
mkdir -p -- "$stage"
unpack() { if [ "$codec" = zstd ]; then zstd -q -dc; else gzip -dc; fi; }
status=$( { { unpack < "$archive"; echo $? >&4; } | tar --extract --file=- --directory="$stage" \\
  --preserve-permissions --same-owner >&2; } 4>&1 ) || exit 1
[ "$status" = 0 ] || exit 1
for path in "$@"; do
  (umask 022; mkdir -p -- "$(dirname -- "$path")")
  rm -rf -- "$path.kuafu-new" "$path.kuafu-old"
  mv -T -- "$stage$path" "$path.kuafu-new"
  # A file is replaced in one rename; a folder cannot be, so the old one steps aside first.
  if [ -d "$path" ] && ! [ -L "$path" ]; then mv -T -- "$path" "$path.kuafu-old"; fi
  mv -fT -- "$path.kuafu-new" "$path"
  rm -rf -- "$path.kuafu-old"
done`;

const PLACE_PART = `
set -eu
umask 077
archive=$1/part stage=$1/root codec=$2
shift 2
rm -rf -- "$stage"
trap 'rm -rf -- "$stage"' EXIT
${PLACE}`;

/**
 * Puts in place what a member of a chain has received and found whole: unpacked aside, then switched path by path with a
 * rename.
 */
export function placeCommand(
  tree: FileTree,
  packed: PackedArchive,
  spool: string,
  timeoutMs: number,
): RemoteCommand {
  return scriptCommand(PLACE_PART, [spool, packed.codec, ...tree.paths], 'write', timeoutMs);
}

export const DIGEST_DIFFERS = 65;

const RECEIVE = `
set -eu
umask 077
spool=$1 codec=$2 digest=$3
archive=$spool/archive stage=$spool/root
shift 3
# A host belongs to one operation at a time: what others left here when their link was cut is of no use to anybody.
rm -rf -- ${SPOOLS}/[0-9][0-9][0-9][0-9][0-9][0-9]-????.*
mkdir -p -- "$spool"
trap 'rm -rf -- "$spool"' EXIT
trap 'exit 129' HUP
trap 'exit 143' TERM
cat > "$archive"
sum=$(b2sum < "$archive")
[ "\${sum%% *}" = "$digest" ] || exit ${DIGEST_DIFFERS}
${PLACE}`;

/**
 * Receives a packed archive on stdin and puts it in place: stored, checked against the digest, and then as placeCommand.
 * Nothing of a wrong or broken archive is ever in place. Exit status 65: the digest differs.
 */
export function receiveCommand(
  tree: FileTree,
  packed: PackedArchive,
  operation: string,
  timeoutMs: number,
): RemoteCommand {
  return scriptCommand(
    RECEIVE,
    [`${SPOOLS}/${operation}.one-hop`, packed.codec, packed.digest, ...tree.paths],
    'write',
    timeoutMs,
  );
}
