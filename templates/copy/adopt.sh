#!/bin/sh
# adopt.sh STATE DIGEST ENV WORDS...: what an expansion by a kuafu that wrote nothing down has brought. Where it is that still,
# it is written down now, as remove.sh wants it: the tree that WORDS, which are those of tar, make, if the sha256 of its archive
# is DIGEST; the environment file ENV, if that of its content is what comes on standard input. Either may be empty.
set -eu
umask 077
export LC_ALL=C
brought=$1/brought digest=$2 env=$3
shift 3
. ./rules.sh

# unknown PATH: it is there, and nobody has written down who brought it.
unknown() {
  record_of "$1"
  exists "$1" && ! [ -e "$record%tree" ] && ! [ -e "$record%switch" ]
}

adopt_tree() {
  # Listed before the archive is made: what changes in between is no longer what was listed.
  for word in "$@"; do
    case $word in --*) continue ;; esac
    if unknown "${word#.}"; then listing "${word#.}" "${word#.}" "$@" | sort -zu > "$record%found"; fi
  done
  sum=$(
    tar --create --file=- --directory=/ --sort=name --format=gnu --anchored --no-wildcards "$@" 2>/dev/null | sha256sum
  )
  [ "${sum%% *}" = "$digest" ] || return 0
  for found in "$brought"/*%found; do
    [ ! -e "$found" ] || mv -f -- "$found" "${found%found}tree"
  done
}

# A version beside it may be older than the expansion.
adopt_file() {
  if ! [ -f "$env" ] || [ -L "$env" ] || exists "$env.kuafu-prev"; then return 0; fi
  read -r wanted
  sum=$(sha256sum < "$env")
  [ "${sum%% *}" = "$wanted" ] || return 0
  record_of "$env"
  : > "$record%env"
}

lock
trap 'rm -f -- "$brought"/*%found' EXIT
[ -z "$digest" ] || adopt_tree "$@"
[ -z "$env" ] || adopt_file
