#!/bin/sh
# one-hop.sh SPOOL CODEC DIGEST REPLACE WORDS...: receives a packed archive on standard input and puts it in place. It is
# stored in SPOOL, a folder of this process alone, checked against DIGEST, and then placed like in place.sh. Nothing of a
# wrong or broken archive is ever in place. Exit status 65: the digest differs. 66 and 67 as in place.sh.
set -eu
umask 077
export LC_ALL=C
spool=$1 archive=$1/archive codec=$2 wanted=$3 replace=$4 digest=
shift 4
. ./rules.sh
. ./placing.sh
. ./sweep.sh
# A host belongs to one operation at a time: spools that others left here when their link broke are of no use any more.
spools=${spool%/*}
open_spools
sweep ''
set_keys "$any_operation" || true
make_spool "$spool"
mkdir -p -- "$brought" "$stage"
trap 'tidy "$@"; rm -rf --one-file-system -- "$spool"' EXIT
trap 'exit 129' HUP
trap 'exit 143' TERM
(check "$@")
cat > "$archive"
sum=$(b2sum < "$archive")
[ "${sum%% *}" = "$wanted" ] || exit "$DIFFERS"
# In a subshell, so that the arguments of the trap are these words.
(place "$@")
placed=yes
