# shellcheck shell=sh
# Lists log files for kuafu, as records that end with NUL; src/lib/logs/listing.ts reads them.
#
# names WHAT LIMIT PATTERN...: WHAT l: the files that the patterns name; a: also their rotated files, and what each name is, a
# file or not. If a pattern has more than LIMIT names, the last ones are taken.
#   n PATTERN COUNT              how many names the PATTERNth pattern has; 0: none
#   u PATTERN WHY PATH           what it names cannot be seen, because of PATH; see hidden
#   f PATTERN ID SIZE MTIME MODE PATH    the file that a name leads to
#   r PATTERN ID SIZE MTIME MODE PATH    the same for a rotated file
#   e PATTERN SIZE MTIME MODE PATH       the name itself, perhaps a link
# Status 75: a program that lists them failed, so the records are not all.
identity='%d_%i_%W'

names() {
  what=$1 limit=$2 pattern=0 status=0
  shift 2
  IFS='' && set +f
  for each; do
    pattern=$((pattern + 1))
    # Only its wildcards have a meaning: there is no IFS, so it is not split.
    # shellcheck disable=SC2086
    set -- $each
    count=$#
    [ "$count" -gt 1 ] || [ -e "$1" ] || [ -L "$1" ] || count=0
    if [ "$count" -eq 0 ] && hidden "$each"; then
      printf 'u %s %s %s\0' "$pattern" "$why" "$at"
    else
      printf 'n %s %s\0' "$pattern" "$count"
    fi
    [ "$count" -gt "$limit" ] && shift $((count - limit))
    [ "$count" -eq 0 ] || facts "f $pattern $identity" -L "$@" || status=75
    [ "$what" = a ] || continue
    [ "$count" -eq 0 ] || facts "e $pattern" '' "$@" || status=75
    # shellcheck disable=SC2086
    set -- ${each}[.-]*
    [ $# -gt "$limit" ] && printf 'n %s %s\0' "$pattern" $# && shift $(($# - limit))
    if [ $# -gt 1 ] || [ -e "$1" ]; then facts "r $pattern $identity" -L "$@" || status=75; fi
  done
  set -f && unset IFS
  return "$status"
}

# hidden PATTERN: whether its folders keep from sight what it names. Status 1: there is nothing, for certain. Status 0: at is
# the path, and why is closed (to this account), file (where a folder should be), link (it leads nowhere, or in a circle) or
# fault (the folder has the name, but it cannot be looked at, as where a file system does not answer).
hidden() {
  at='' rest=${1#/}
  while :; do
    part=${rest%%/*}
    case $part in
      *[*?[\\]*)
        why=closed
        [ -r "${at:-/}" ] && [ -x "${at:-/}" ] && return 1
        return 0
        ;;
    esac
    if ! [ -x "${at:-/}" ]; then
      why=closed
      return 0
    elif [ -e "$at/$part" ]; then
      at=$at/$part
      case $rest in */*) rest=${rest#*/} ;; *) return 1 ;; esac
      [ -d "$at" ] && continue
      why='file'
      return 0
    elif [ -L "$at/$part" ]; then
      why='link'
    elif has "${at:-/}" "$part"; then
      why=fault
    else
      return 1
    fi
    at=$at/$part
    return 0
  done
}

# has FOLDER NAME: whether the folder has the name in its list. A wildcard is compared with the list, and nothing is opened.
has() {
  case $2 in [A-Za-z0-9_]*) ;; *) return 1 ;; esac
  name=$1/$2 tail=${2#?}
  first=${2%"$tail"}
  # shellcheck disable=SC2140 # in the brackets it is a pattern
  set -- "$1/"["$first"]"$tail"
  [ "$1" = "$name" ]
}

# If the names do not fit in one command line, xargs runs stat several times. 123: a name was gone by then, or leads nowhere.
facts() {
  format=$1 option=$2
  shift 2
  printf '%s\0' "$@" | xargs -0 -r stat ${option:+"$option"} --printf "$format %s %.9Y %f %n\0" -- 2>/dev/null
  case $? in 0 | 123) ;; *) return 75 ;; esac
}

# Whether the programs do what facts asks of them: a stat that does not know --printf fails for every name as for one that is gone.
can_list() { [ -n "$(facts e '' / | tr '\0' '\n')" ] || return 75; }
