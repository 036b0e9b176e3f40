# shellcheck shell=sh
# Lists log files for kuafu: c CLOCK ZONE, and the records of names.sh with all there is.
limit=$1
shift
export LC_ALL=C
. ./names.sh
printf 'c %s\0' "$(date '+%s.%N %z')"
names a "$limit" "$@"
true
