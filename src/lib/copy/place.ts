import { hostScript } from '../../host-script.js';
import type { FileTree, PackedArchive } from '../plan/plan.js';
import type { RemoteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import { digestOfTree, tarArguments } from './archive.js';

/** Where hosts keep what they need for an operation, each in a folder OPERATION.SOMETHING into which nobody else may look. */
export const SPOOLS = '/var/lib/kuafu';

export const DIGEST_DIFFERS = 65;

// Records of 64 KiB as a pipe holds: with tar's own 10 KiB it costs a quarter more.
const UNPACK = `
unpack() { if [ "$codec" = zstd ]; then zstd -q -dc; else gzip -dc; fi; }
status=$( { { unpack < "$archive"; echo $? >&4; } | tar --extract --file=- --blocking-factor=128 \\
  --directory="$stage" --preserve-permissions --same-owner >&2; } 4>&1 ) || exit 1
[ "$status" = 0 ] || exit 1`;

// The arguments are those that tar got when it packed: excludes, then paths that begin with a dot. Path by path with a
// rename. A file is replaced in one; a folder cannot be, so the old one steps aside first.
const SWITCH = `
for word in "$@"; do
  case $word in --exclude=*) continue ;; esac
  path=\${word#.}
  folder=\${path%/*}
  [ -d "$folder/" ] || (umask 022; mkdir -p -- "$folder")
  rm -rf -- "$path.kuafu-new" "$path.kuafu-old"
  mv -T -- "$stage$path" "$path.kuafu-new"
  if [ -d "$path" ] && ! [ -L "$path" ]; then mv -T -- "$path" "$path.kuafu-old"; fi
  mv -fT -- "$path.kuafu-new" "$path"
  rm -rf -- "$path.kuafu-old"
done`;

const PLACE = `
set -eu
umask 077
archive=$1/part stage=$1/root codec=$2 digest=$3
shift 3
rm -rf -- "$stage"
mkdir -p -- "$stage"
trap 'rm -rf -- "$stage"' EXIT
if [ -n "$digest" ]; then
  tar --create --file=- --directory=/ --null --verbatim-files-from --files-from=- |
    tar --extract --file=- --directory="$stage" --preserve-permissions --same-owner
fi
${UNPACK}
if [ -n "$digest" ]; then
  sum=$(${digestOfTree('"$stage"')})
  [ "\${sum%% *}" = "$digest" ] || exit ${DIGEST_DIFFERS}
fi
${SWITCH}`;

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
  return scriptCommand(PLACE, [spool, packed.codec, '', ...tarArguments(tree)], 'write', timeoutMs);
}

/**
 * The same where the archive lacks files that the host has already; their paths come on stdin, each ended by NUL. What all
 * that makes is held against the digest of the tree before it is switched. Exit status 65: it is another tree.
 */
export function placeRestCommand(
  tree: FileTree,
  packed: PackedArchive,
  spool: string,
  timeoutMs: number,
): RemoteCommand {
  return scriptCommand(PLACE, [spool, packed.codec, tree.digest, ...tarArguments(tree)], 'write', timeoutMs);
}

const RECEIVE = `
set -eu
umask 077
spool=$1 codec=$2 digest=$3
archive=$spool/archive stage=$spool/root
shift 3
# A host belongs to one operation at a time: what others left here when their link was cut is of no use to anybody.
open_spools
sweep
set_keys "$any_operation" || true
mkdir -p -- "$stage"
trap 'rm -rf --one-file-system -- "$spool"' EXIT
trap 'exit 129' HUP
trap 'exit 143' TERM
cat > "$archive"
sum=$(b2sum < "$archive")
[ "\${sum%% *}" = "$digest" ] || exit ${DIGEST_DIFFERS}
${UNPACK}
${SWITCH}`;

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
    `${hostScript('copy/sweep')}${RECEIVE}`,
    [`${SPOOLS}/${operation}.one-hop`, packed.codec, packed.digest, ...tarArguments(tree)],
    'write',
    timeoutMs,
  );
}
