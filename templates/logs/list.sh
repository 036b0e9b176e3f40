# shellcheck shell=sh
# Lists log files for kuafu: c CLOCK ZONE, then all records of names.sh. Status 0, or that of names.
limit=$1
shift
export LC_ALL=C
. ./names.sh
[ $# -eq 0 ] || can_list || exit
printf 'c %s\0' "$(date '+%s.%N %z')"
names a "$limit" "$@"
