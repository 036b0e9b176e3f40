#!/bin/sh
# remove.sh STATE WORDS...: removes what an expansion brought, and what kuafu keeps on a host. WORDS: --exclude=.PATH and
# .PATH as in place.sh, file:PATH for an environment file, parent:PATH for a folder that is removed if it is empty and kuafu
# made it. Prints what it removes and what it leaves, a line each: `removed …`, `left …`; then `changed` or `unchanged`.
set -eu
umask 077
export LC_ALL=C
state=$1 brought=$1/brought answer=unchanged
shift
. ./rules.sh
. ./sweep.sh
spools=$state

remove_tree() {
  own_way "$1"
  settle "$@"
  path=$1
  record_of "$path"
  if ! exists "$path"; then
    rm -f -- "$record%tree"
    return
  fi
  if ! [ -s "$record%tree" ]; then
    echo "left $path: kuafu has no record of having brought it"
    return
  fi
  found=$(mounts "$path")
  [ -z "$found" ] || refuse "$found is a mount of its own, and nothing is taken away across a mount"
  set_aside old "$path" "$path"
  finish "$@"
  record_of "$1"
  rm -f -- "$record%tree"
  end_switches ".$1"
  answer=changed
  echo "removed $1"
  ! exists "$1" || leave "$@"
}

leave() {
  found=$({ find "$1" -xdev ! -type d -printf '%P\0' && printf '%s\0' "$ALL"; } | in_words)
  printf 'left %s, which was not brought: %s\n' "$1" "${found:-empty folders}"
}

# An environment file, and versions of it that kuafu has put beside it.
remove_file() {
  own_way "$1"
  record_of "$1"
  why='kuafu has no record of having brought it'
  [ ! -s "$record%env" ] || why='somebody else has changed it since'
  for found in "$1" "$1.kuafu-prev" "$1.kuafu-swap"; do
    exists "$found" || continue
    if is_own "$1" "$found"; then
      rm -f -- "$found"
      answer=changed
      echo "removed $found"
    else echo "left $found: $why"; fi
  done
  swept=$(sweep_beside "$1")
  if [ -n "$swept" ]; then
    answer=changed
    printf '%s\n' "$swept"
  fi
  # If the file has been changed, a push may make it ours again.
  if [ -s "$record%env" ] && exists "$1"; then return 0; fi
  rm -f -- "$record%env"
}

# remove_folder FOLDER: removes it, and then the folders above it, while kuafu made them and nothing is in them.
remove_folder() {
  at=$1
  while [ -n "$at" ]; do
    sweep_beside "$at" > /dev/null
    if is_made "$at"; then
      rmdir --ignore-fail-on-non-empty -- "$at" 2>/dev/null || true
      ! exists "$at" || return 0
    fi
    record_of "$at"
    rm -f -- "$record%made"
    # Somebody else made the folder that is there now.
    ! exists "$at" || return 0
    at=${at%/*}
  done
}

lock 60
for word in "$@"; do
  case $word in
  .*) remove_tree "${word#.}" "$@" ;;
  file:*) remove_file "${word#file:}" ;;
  parent:*) remove_folder "${word#parent:}" ;;
  esac
done
for found in "$spools"/[0-9][0-9][0-9][0-9][0-9][0-9]-*.*; do
  if is_spool "$found"; then echo "removed $found"; fi
done
sweep ''
set_keys "$any_operation" || true
rm -f -- "$brought"/*%unfinished
unlock
if command -v systemctl >/dev/null; then systemctl daemon-reload; fi
echo "$answer"
