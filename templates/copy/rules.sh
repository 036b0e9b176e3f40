#!/bin/sh
# What kuafu may take away on a host; a part of place.sh, one-hop.sh, remove.sh and obstacles.sh.
#
# Never across a mount, never what is excluded, and nothing that it did not bring there itself. What it brought to a path is
# written down before any of it is in place: RECORD%tree has records TYPE SIZE TIME NAME that each end with NUL, NAME below the
# path. While a path is switched, PATH.kuafu-new and PATH.kuafu-old are ours. Beside the record are then RECORD%switch, which
# says so; RECORD%new, what the new tree is, where there was a record before; and with `replace` RECORD%given, what was there
# and may go. A script that is killed at any moment is taken up by `settle` of the next.
#
# WORDS are those of tar: options, --exclude=.PATH, .PATH. Needs $brought, LC_ALL=C and set -eu.

REFUSED=66 OTHERS=67
. ./records.sh

refuse() {
  printf '%s\n' "$*" >&2
  exit "$REFUSED"
}

# What is there is somebody else's, whom the caller can ask.
refuse_others() {
  printf '%s\n' "$*" >&2
  exit "$OTHERS"
}

exists() { [ -e "$1" ] || [ -L "$1" ]; }

# is_taken PATH: something is there, or where its old and its new tree stand while it is switched.
is_taken() { exists "$1" || exists "$1.kuafu-old" || exists "$1.kuafu-new"; }

# mounts AT: mount points at and below it, a line each, as /proc/self/mountinfo writes them (proc(5): a blank is \040). By awk:
# a shell reads that file byte by byte, and where there are many mounts that takes longer than the copy.
mounts() {
  at=$(readlink -m -- "${1%/*}/")
  at=${at%/}/${1##*/} awk '
    BEGIN { at = ENVIRON["at"]; gsub(/\\/, "\\134", at); gsub(/ /, "\\040", at); gsub(/\t/, "\\011", at) }
    index($5 "/", at "/") == 1 { print $5 }' /proc/self/mountinfo
}

# excluded PATH WORDS...: names below PATH that are excluded, a line each: no such name holds a line end.
excluded() {
  path=$1
  shift
  for word in "$@"; do
    case $word in "--exclude=.$path/"*) printf '%s\n' "${word#"--exclude=.$path/"}" ;; esac
  done
}

# listing AT PATH WORDS...: records of what is at AT, where the tree of PATH lies, without what is excluded.
listing() {
  at=$1 path=$2
  shift 2
  for word in "$@"; do
    shift
    case $word in "--exclude=.$path/"*)
      name=$at/${word#"--exclude=.$path/"}
      case $name in *[][*?\\]*) name=$(printf %s "$name" | sed 's/[][*?\\]/\\&/g') ;; esac
      set -- "$@" -path "$name" -prune -o ;;
    esac
  done
  find "$at" -xdev "$@" -type d -printf 'd 0 0 %P\0' -o -printf '%y %s %T@ %P\0'
}

# in_order OPTIONS...: sorts records. By itself sort takes little memory for what comes by a pipe, and a hundred thousand names go to
# files in TMPDIR, where a look must write nothing. The memory is used as it is needed: this is enough for a million names.
in_order() { sort -z -S 256M "$@"; }

# allowed PATH WORDS...: records of what may go: what was brought, the folder itself, and folders that lead to what stays.
allowed() {
  path=$1
  record_of "$path"
  {
    for known in "$record%tree" "$record%given"; do
      if [ -e "$known" ]; then cat -- "$known"; fi
    done
    printf 'd 0 0 \0'
    excluded "$@" | while IFS= read -r name; do
      while [ "$name" != "${name%/*}" ]; do
        name=${name%/*}
        printf 'd 0 0 %s\0' "$name"
      done
    done
  } | in_order -u
}

# strangers AT PATH WORDS...: names of what is at AT, where the tree of PATH lies, and was not brought; each ended by NUL. A
# record that stands there once is in the listing alone.
#
# No name at all means that everything may go, and a pipeline ends as its last part does: a sort without room for its files
# would say just that. So each part says when it has done its work, and ALL, which is no name, stands behind what is whole.
strangers() {
  at=$1
  shift
  {
    ended=$({
      {
        allowed "$@" && allowed "$@" && { listing "$at" "$@" || printf '? 0 0 what cannot be read\0'; } && did
      } | { in_order && did; } | { uniq -zu && did; } | { cut -z -d ' ' -f 4- && did; } | { in_order >&6 && did; }
    } 7>&1)
  } 6>&1
  if [ "$ended" = xxxxx ]; then printf '%s\0' "$ALL"; fi
}
ALL=/
did() { printf x >&7; }

# in_words: how many names come on standard input, and the first of them; nothing where none comes. Without ALL there are more.
in_words() {
  tr '\n\0' '?\n' | awk -v all="$ALL" '
    $0 == all { whole = 1; next }
    { found++ }
    found <= 3 { names = names (found > 1 ? ", " : "") substr($0, 1, 100) }
    END {
      if (!whole) print "and how much cannot be told, as a program of this host failed"
      else if (found) print found (found > 1 ? " names" : " name") ": " names (found > 3 ? ", ..." : "")
    }'
}

# obstacles PATH REPLACE WORDS...: why what is at PATH must not be taken away, a line each that begins with a key.
obstacles() {
  path=$1 replace=$2
  shift 2
  is_taken "$path" || return 0
  for at in "$path" "$path.kuafu-old" "$path.kuafu-new"; do
    points=$(mounts "$at")
    [ -z "$points" ] || printf '%s\n' "$points" | while IFS= read -r point; do
      printf 'mount %s is a mount of its own, and nothing is taken away across a mount\n' "$point"
    done
  done
  [ "$replace" != replace ] || return 0
  record_of "$path"
  for at in "$path.kuafu-old" "$path.kuafu-new"; do
    if exists "$at" && ! [ -e "$record%switch" ]; then printf 'other %s was not brought by kuafu\n' "$at"; fi
  done
  exists "$path" || return 0
  found=$(strangers "$path" "$path" "$@" | in_words)
  if [ "$found" = '1 name: ' ]; then printf 'other %s was not brought by kuafu\n' "$path"
  elif [ -n "$found" ]; then printf 'other %s holds what was not brought by kuafu, %s\n' "$path" "$found"; fi
}

# holds ROOT NAME: whether NAME is there, and by way of folders alone.
holds() {
  at=$1 left=$2
  while [ "$left" != "${left#*/}" ]; do
    at=$at/${left%%/*} left=${left#*/}
    if [ -L "$at" ] || ! [ -d "$at" ]; then return 1; fi
  done
  exists "$at/$left"
}

# An account of the host may own folders on the way to what stays, and put a link in the place of one at any moment. So the
# shell goes in folder by folder, looks where it stands, and touches only what is there: `.`, `./NAME`, a descriptor.

# enter NAME: goes into the folder NAME of the one where it stands, $here, and nowhere else.
enter() {
  cd -P -- "./$1" || exit "$REFUSED"
  here=${here%/}/$1
  [ "$(pwd -P)" = "$here" ] || refuse "$here was moved meanwhile"
}

# stand PATH NAME: goes into the folder that leads to NAME below PATH.
stand() {
  here=$(readlink -f -- "${1%/*}/")
  cd -P -- "$here" || exit "$REFUSED"
  enter "${1##*/}"
  rest=$2
  while [ "$rest" != "${rest#*/}" ]; do
    enter "${rest%%/*}"
    rest=${rest#*/}
  done
}

# new_folder NAME LIKE: makes it where the shell stands, goes in, and gives it the owner and mode of the folder LIKE.
new_folder() {
  mkdir -- "./$1" || exit "$REFUSED"
  enter "$1"
  chown --reference="$2" -- .
  chmod --reference="$2" -- .
}

# way ROOT NAME LIKE: makes the folders that lead to NAME below ROOT, as they are below LIKE.
way() (
  here=$(readlink -f -- "${1%/*}/")
  cd -P -- "$here" || exit "$REFUSED"
  part=${1##*/} left=$2 like=$3
  while :; do
    if [ -L "./$part" ] || { exists "./$part" && ! [ -d "./$part" ]; }; then
      refuse "$2 has to stay, and ${here%/}/$part is no folder that could hold it"
    fi
    if [ -d "./$part" ]; then enter "$part"; else new_folder "$part" "$like"; fi
    [ "$left" != "${left#*/}" ] || exit 0
    part=${left%%/*} left=${left#*/} like=$like/$part
  done
)

# carry PATH NAME: what has to stay goes from the old tree to PATH.
carry() {
  old=$1.kuafu-old
  if [ -z "$2" ]; then
    ! exists "$1" || refuse "both $1 and $old have to stay: one of them has to be moved away by hand"
    mv -T -- "$old" "$1"
    return
  fi
  holds "$old" "$2" || return 0
  way "$1" "$2" "$old" || exit
  (
    stand "$1" "$2"
    exec 5< .
    ! exists "./${2##*/}" || refuse "both $1/$2 and $old/$2 have to stay: one of them has to be moved away by hand"
    stand "$old" "$2"
    mv -nT -- "./${2##*/}" "/proc/self/fd/5/${2##*/}"
    ! exists "./${2##*/}" || refuse "$1/$2 came to be there meanwhile, and $old/$2 has to stay"
  ) || exit
}

# finish PATH WORDS...: the old tree goes, but for what has to stay.
finish() {
  exists "$1.kuafu-old" || return 0
  found=$(mounts "$1.kuafu-old")
  [ -z "$found" ] || refuse "$found is a mount of its own, and nothing is taken away across a mount"
  # Lines for names, and \001 for the line ends in them: who has both in one name finds it refused below.
  strangers "$1.kuafu-old" "$@" | tr '\n\0' '\001\n' | while IFS= read -r name; do
    [ "$name" != "$ALL" ] || continue
    name=$(printf '%s.' "$name" | tr '\001' '\n')
    carry "$1" "${name%.}" || exit
  done || exit
  excluded "$@" | while IFS= read -r name; do carry "$1" "$name" || exit; done || exit
  exists "$1.kuafu-old" || return 0
  found=$(
    strangers "$1.kuafu-old" "$@" | in_words
    excluded "$@" | while IFS= read -r name; do ! holds "$1.kuafu-old" "$name" || echo "$name"; done
  )
  [ -z "$found" ] || refuse "$1.kuafu-old holds what was not brought by kuafu, $found"
  rm -rf --one-file-system -- "$1.kuafu-old"
}

end_switch() {
  record_of "$1"
  rm -f -- "$record%given" "$record%new" "$record%switch"
}

# settle PATH WORDS...: whatever a switch of PATH that was cut off has left. Its new tree is in place or it is not.
settle() {
  record_of "$1"
  [ -e "$record%switch" ] || return 0
  if exists "$1"; then finish "$@"
  elif exists "$1.kuafu-old"; then mv -T -- "$1.kuafu-old" "$1"; fi
  rm -rf --one-file-system -- "$1.kuafu-new"
  end_switch "$1"
}

# One at a time: the script of an attempt that lost its link may still run.
lock() {
  [ -d "$brought" ] || mkdir -p -- "$brought"
  exec 9> "$brought/lock"
  flock -w 60 9 || refuse 'another script of kuafu is at work there'
}
