#!/bin/sh
# adopt.sh STATE DIGEST ENV WORDS...: records what an expansion by an older kuafu, which recorded nothing, brought here. It is
# recorded only if it is unchanged, in the form that remove.sh reads. The tree of WORDS (the words of tar) is recorded if the
# sha256 of its archive is DIGEST; the environment file ENV, if the sha256 of its content is on standard input. Either may be
# empty.
set -eu
umask 077
export LC_ALL=C
brought=$1/brought digest=$2 env=$3
shift 3
. ./rules.sh

# unknown PATH: it exists, and there is no record of who brought it.
unknown() {
  record_of "$1"
  exists "$1" && ! [ -s "$record%tree" ] && ! [ -e "$record%switch" ]
}

adopt_tree() {
  # Of a run that was killed, which may have had other paths.
  rm -f -- "$brought"/*%found
  # Listed before the archive is made: a file that changes in between no longer matches its list entry.
  for word in "$@"; do
    case $word in --*) continue ;; esac
    unknown "${word#.}" || continue
    listing "${word#.}" "${word#.}" "$@" > "$record%found"
    sort -zu -o "$record%found" -- "$record%found"
  done
  sum=$(
    tar --create --file=- --directory=/ --sort=name --format=gnu --anchored --no-wildcards "$@" 2>/dev/null | sha256sum
  )
  [ "${sum%% *}" = "$digest" ] || return 0
  for word in "$@"; do
    case $word in --*) continue ;; esac
    record_of "${word#.}"
    [ ! -e "$record%found" ] || mv -f -- "$record%found" "$record%tree"
  done
}

# A version beside it may be older than the expansion.
adopt_file() {
  if ! [ -f "$env" ] || [ -L "$env" ] || exists "$env.kuafu-prev"; then return 0; fi
  read -r wanted
  # Read before the content is: a file that changes in between no longer has this state.
  sign_of "$env"
  sum=$(sha256sum < "$env")
  [ "${sum%% *}" = "$wanted" ] || return 0
  own "$env" "$sign"
}

lock 60
trap 'rm -f -- "$brought"/*%found' EXIT
[ -z "$digest" ] || adopt_tree "$@"
[ -z "$env" ] || adopt_file
