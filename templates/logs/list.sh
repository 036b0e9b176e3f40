# shellcheck shell=sh
# Lists log files for kuafu: c CLOCK ZONE, then all records of names.sh.
limit=$1
shift
export LC_ALL=C
. ./names.sh
printf 'c %s\0' "$(date '+%s.%N %z')"
names a "$limit" "$@"
true
