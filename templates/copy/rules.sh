#!/bin/sh
# What kuafu may remove on a host; a part of place.sh, one-hop.sh, remove.sh and obstacles.sh.
#
# It removes nothing across a mount, nothing that is excluded, and nothing that it did not bring there itself. What it brings
# to a path is recorded before any of it is in place: RECORD%tree has records TYPE SIZE TIME NAME, each ended by NUL, NAME
# below the path. During a switch the trees that RECORD%switch knows at PATH.kuafu-new and PATH.kuafu-old are ours; RECORD%new
# lists the new tree, which counts once the tree is in place; with `replace` RECORD%given lists what was there and may go. If
# a script is killed at any moment, `settle` in the next one finishes its work.
#
# WORDS are those of tar: options, --exclude=.PATH, .PATH. Needs $brought, LC_ALL=C and set -eu.

OTHERS=67
. ./records.sh
. ./ways.sh
. ./sides.sh

# It belongs to others; the caller can ask them.
refuse_others() {
  printf '%s\n' "$*" >&2
  exit "$OTHERS"
}

# is_taken PATH: something is at PATH, or at the places of its old and new tree during a switch.
is_taken() { exists "$1" || exists "$1.kuafu-old" || exists "$1.kuafu-new"; }

# mounts AT: mount points at and below AT, a line each, as /proc/self/mountinfo writes them (proc(5): a blank is \040). With
# awk: a shell reads that file byte by byte, and with many mounts that takes longer than the copy.
mounts() {
  at=$(readlink -m -- "${1%/*}/")
  at=${at%/}/${1##*/} awk '
    BEGIN { at = ENVIRON["at"]; gsub(/\\/, "\\134", at); gsub(/ /, "\\040", at); gsub(/\t/, "\\011", at) }
    index($5 "/", at "/") == 1 { print $5 }' /proc/self/mountinfo
}

# excluded PATH WORDS...: excluded names below PATH, a line each: no such name has a line end.
excluded() {
  path=$1
  shift
  for word in "$@"; do
    case $word in "--exclude=.$path/"*) printf '%s\n' "${word#"--exclude=.$path/"}" ;; esac
  done
}

# listing AT PATH WORDS...: records of everything at AT, where the tree of PATH is, except what is excluded.
listing() {
  at=$1 path=$2
  shift 2
  for word in "$@"; do
    shift
    case $word in "--exclude=.$path/"*)
      name=$at/${word#"--exclude=.$path/"}
      case $name in *[][*?\\]*) name=$(printf %s "$name" | sed 's/[][*?\\]/\\&/g') || return ;; esac
      set -- "$@" -path "$name" -prune -o ;;
    esac
  done
  find "$at" -xdev "$@" -type d -printf 'd 0 0 %P\0' -o -printf '%y %s %T@ %P\0'
}

# in_order OPTIONS...: sorts records. By default sort uses little memory for input from a pipe, and writes a hundred thousand
# names to files in TMPDIR, but a look must not write. It takes memory only as needed: this is enough for a million names.
in_order() { sort -z -S 256M "$@"; }

# recorded PATH: records of what was brought to PATH and, during a switch, of what may go in it.
recorded() {
  record_of "$1"
  [ ! -e "$record%tree" ] || cat -- "$record%tree" || return
  [ -e "$record%switch" ] || return 0
  if is_side old "$1" && [ -e "$record%given" ]; then cat -- "$record%given" || return; fi
  if [ -e "$record%new" ] && ! is_side new "$1"; then cat -- "$record%new" || return; fi
}

# allowed PATH WORDS...: records of what may go: what was brought, the folder itself, and folders on the way to what stays.
allowed() {
  path=$1
  {
    recorded "$path" && did
    printf 'd 0 0 \0'
    excluded "$@" | while IFS= read -r name; do
      while [ "$name" != "${name%/*}" ]; do
        name=${name%/*}
        printf 'd 0 0 %s\0' "$name"
      done
    done
  } | in_order -u
}

# strangers AT PATH WORDS...: names at AT, where the tree of PATH is, that were not brought; each ended by NUL. `allowed` is
# printed twice, so a record that occurs once is only in the listing. No name at all means that everything may go. A pipeline
# has the status of its last part, so a sort without room for its files would say the same. So each part reports when it is
# done, and ALL, which is no name, ends a complete list.
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
  if [ "$ended" = xxxxxxx ]; then printf '%s\0' "$ALL"; fi
}
ALL=/
did() { printf x >&7; }

# in_words: how many names are on standard input, and the first ones; nothing if there are none. Without ALL the list is
# incomplete.
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

# obstacles PATH REPLACE WORDS...: why what is at PATH must not be removed, a line each that begins with a key.
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
  for side in old new; do
    if ! exists "$path.kuafu-$side" || is_side "$side" "$path"; then continue; fi
    printf 'other %s was not brought by kuafu\n' "$path.kuafu-$side"
  done
  if [ "$replace" = replace ] || ! exists "$path"; then return 0; fi
  found=$(strangers "$path" "$path" "$@" | in_words)
  if [ "$found" = '1 name: ' ]; then printf 'other %s was not brought by kuafu\n' "$path"
  elif [ -n "$found" ]; then printf 'other %s holds what was not brought by kuafu, %s\n' "$path" "$found"; fi
}

# carry PATH NAME: moves what has to stay from the old tree to PATH.
carry() {
  old=$1.kuafu-old
  if [ -z "$2" ]; then
    ! exists "$1" || refuse "both $1 and $old have to stay: one of them has to be moved away by hand"
    move "$old" "$1"
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

# finish PATH WORDS...: removes the old tree, except what has to stay.
finish() {
  is_side old "$1" || return 0
  found=$(mounts "$1.kuafu-old")
  [ -z "$found" ] || refuse "$found is a mount of its own, and nothing is taken away across a mount"
  # One line for each name: %b makes \n and \\ a line end and a backslash again. What is not moved is refused below.
  strangers "$1.kuafu-old" "$@" | sed -z 's/\\/\\\\/g; s/\n/\\n/g' | tr '\0' '\n' | while IFS= read -r name; do
    [ "$name" != "$ALL" ] || continue
    name=$(printf '%b.' "$name")
    carry "$1" "${name%.}" || exit
  done || exit
  excluded "$@" | while IFS= read -r name; do carry "$1" "$name" || exit; done || exit
  is_side old "$1" || return 0
  found=$(
    strangers "$1.kuafu-old" "$@" | in_words
    excluded "$@" | while IFS= read -r name; do ! holds "$1.kuafu-old" "$name" || echo "$name"; done
  )
  [ -z "$found" ] || refuse "$1.kuafu-old holds what was not brought by kuafu, $found"
  rm -rf --one-file-system -- "$1.kuafu-old"
}

# settle PATH WORDS...: finishes a switch of PATH that was cut off. Its new tree is either in place or not.
settle() {
  sweep_beside "$1" > /dev/null
  [ -e "$record%switch" ] || return 0
  if exists "$1"; then finish "$@"
  elif is_side old "$1"; then move "$1.kuafu-old" "$1"; fi
  record_of "$1"
  if is_side new "$1"; then
    rm -f -- "$record%new"
    rm -rf --one-file-system -- "$1.kuafu-new"
  elif [ -s "$record%new" ]; then mv -f -- "$record%new" "$record%tree"; fi
  end_switches ".$1"
}
