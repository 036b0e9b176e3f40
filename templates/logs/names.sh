# shellcheck shell=sh
# Lists log files for kuafu, as records that end with NUL; src/lib/logs/listing.ts reads them.
#
# names WHAT LIMIT PATTERN...: WHAT l: the files that the patterns name; a: also their rotated files, and what each name is, a
# file or not. If a pattern has more than LIMIT names, the last ones are taken.
#   n PATTERN COUNT              how many names the PATTERNth pattern has; 0: none
#   f PATTERN ID SIZE MTIME MODE PATH    the file that a name leads to
#   r PATTERN ID SIZE MTIME MODE PATH    the same for a rotated file
#   e PATTERN SIZE MTIME MODE PATH       the name itself, perhaps a link
identity='%d_%i_%W'

names() {
  what=$1 limit=$2 pattern=0
  shift 2
  IFS='' && set +f
  for each; do
    pattern=$((pattern + 1))
    # Only its wildcards have a meaning: there is no IFS, so it is not split.
    # shellcheck disable=SC2086
    set -- $each
    count=$#
    [ "$count" -gt 1 ] || [ -e "$1" ] || [ -L "$1" ] || count=0
    printf 'n %s %s\0' "$pattern" "$count"
    [ "$count" -gt "$limit" ] && shift $((count - limit))
    [ "$count" -eq 0 ] || facts "f $pattern $identity" -L "$@"
    [ "$what" = a ] || continue
    [ "$count" -eq 0 ] || facts "e $pattern" '' "$@"
    # shellcheck disable=SC2086
    set -- ${each}[.-]*
    [ $# -gt "$limit" ] && printf 'n %s %s\0' "$pattern" $# && shift $(($# - limit))
    if [ $# -gt 1 ] || [ -e "$1" ]; then facts "r $pattern $identity" -L "$@"; fi
  done
  set -f && unset IFS
}

# If the names do not fit in one command line, xargs runs stat several times.
facts() {
  format=$1 option=$2
  shift 2
  printf '%s\0' "$@" | xargs -0 -r stat ${option:+"$option"} --printf "$format %s %.9Y %f %n\0" -- 2>/dev/null
}
