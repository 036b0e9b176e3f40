# shellcheck shell=sh disable=SC2034
# New files beside an environment file; a part of put.sh and swap.sh. The folder may belong to an account other than root,
# which can put another file at any name in it at any moment. So a name is opened once, as a new file and never through a link
# (with noclobber the shell opens with O_EXCL). After that only the descriptor is written, given away and read.
. ./../copy/records.sh

# name_beside PATH: `name` is a name that cannot be guessed. With $keeps_records it is recorded before there is such a file.
name_beside() {
  name=$(mktemp -u -- "$1.kuafu-tmp-XXXXXXXXXXXX")
  [ -z "$keeps_records" ] || printf '%s\n' "${name##*-}" >> "$record%beside"
}

# open_records PATH [brings]: $keeps_records is set if what is written is to be recorded as ours: with `brings`, or if a file
# there is already. Removes what killed scripts left beside PATH. Needs $brought.
open_records() {
  keeps_records=${2-}
  record_of "$1"
  if [ -e "$record%env" ] || [ -e "$record%beside" ]; then keeps_records=yes; fi
  sweep_beside "$1" > /dev/null
}

# close_records PATH: nothing of a write is unfinished any more.
close_records() {
  [ -n "$keeps_records" ] || return 0
  disown_lost "$1"
  rm -f -- "$record%beside"
}

# in_place NAME PATH: descriptor 8, which was made at NAME, becomes PATH. Fails if another file is there in the end.
in_place() {
  mv -fT -- "$1" "$2"
  is_same "$2" /proc/self/fd/8 || { echo "somebody else writes in the folder of $2: what is there is not what was written" >&2; exit 1; }
}

# Every shell that is sh on Linux has -ef, and asks no program.
# shellcheck disable=SC3013
is_same() { [ ! -L "$1" ] && [ "$1" -ef "$2" ]; }

# like FROM TO: descriptor TO gets mode and access list (acl(5)) of FROM, without the rights of other users. Accounts in the
# access list may still read it.
like() {
  cp --attributes-only --preserve=mode -- "/proc/self/fd/$1" "/proc/self/fd/$2"
  chmod o= -- "/proc/self/fd/$2"
}

# copy_beside PATH: copies the file with the owner, mode and times of what was read, without the rights of other users. The
# copy's name is `copy`, and it is descriptor 7. It is ours if the file is.
copy_beside() {
  is_ours=''
  if [ -n "$keeps_records" ] && is_own "$1" "$1"; then is_ours=yes; fi
  exec 6< "$1"
  [ -f /proc/self/fd/6 ] || exit 1
  name_beside "$1"
  copy=$name
  set -C
  exec 7> "$copy"
  set +C
  cat <&6 >&7
  chown --reference=/proc/self/fd/6 -- /proc/self/fd/7
  like 6 7
  touch -c -r /proc/self/fd/6 -- /proc/self/fd/7
  sync -- /proc/self/fd/7
  sign_of /proc/self/fd/7
  [ -z "$is_ours" ] || own "$1" "$sign"
  exec 6<&-
}
