#!/bin/sh
# place.sh SPOOL CODEC DIGEST REPLACE WORDS...: puts in place what a member of a chain has received in SPOOL/part: unpacked in
# a separate folder, then switched path by path with renames. With DIGEST the archive lacks files that the host has: their
# paths come on standard input, each ended by NUL, and the complete tree is first compared with DIGEST. REPLACE is `replace`,
# or empty. Exit status 65: it is another tree. 66: this host cannot hold it, or there is a mount. 67: there is something that
# kuafu did not bring. Standard error says what.
set -eu
umask 077
export LC_ALL=C
spool=$1 archive=$1/part codec=$2 digest=$3 replace=$4
shift 4
. ./rules.sh
. ./placing.sh
! exists "$stage" || rm -rf --one-file-system -- "$stage"
mkdir -p -- "$stage" "$brought"
trap 'tidy "$@"' EXIT
if [ -n "$digest" ]; then
  tar --create --file=- --directory=/ --format=posix --xattrs --xattrs-include='*' --acls --sparse \
    --null --verbatim-files-from --files-from=- |
    tar --extract --file=- --directory="$stage" --preserve-permissions --same-owner --xattrs --xattrs-include='*' --acls
fi
# In a subshell, so that the arguments of the trap are these words.
(place "$@")
placed=yes
