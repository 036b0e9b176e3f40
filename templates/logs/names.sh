# shellcheck shell=sh
# Lists log files for kuafu, as records that end with NUL; src/lib/logs/listing.ts reads them.
#
# names WHAT LIMIT PATTERN...: WHAT l: what the patterns name; a: also what was rotated away from there, and what each
# name is, be it a file or not. Of more than LIMIT names of a pattern the last ones are taken.
#   n PATTERN COUNT              so many names has the PATTERNth pattern; 0: there is nothing
#   f PATTERN ID SIZE MTIME MODE PATH    what a name leads to
#   r PATTERN ID SIZE MTIME MODE PATH    the same of what was rotated away
#   e PATTERN SIZE MTIME MODE PATH       what is there itself, a link perhaps
identity='%d_%i_%W'

names() {
  what=$1 limit=$2 pattern=0
  shift 2
  IFS='' && set +f
  for each; do
    pattern=$((pattern + 1))
    # Its wildcards are live, and nothing else: there is no IFS.
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

# More names than one command line takes are several.
facts() {
  format=$1 option=$2
  shift 2
  printf '%s\0' "$@" | xargs -0 -r stat ${option:+"$option"} --printf "$format %s %.9Y %f %n\0" -- 2>/dev/null
}
