# shellcheck shell=sh disable=SC2034
# New files beside an environment file; a part of put.sh and swap.sh. The folder may belong to an account other than root,
# which can put another file at any name in it at any moment. So a name is opened once, as a new file and never through a link
# (with noclobber the shell opens with O_EXCL). After that only the descriptor is written, given away and read.
. ./../copy/records.sh

# open_records PATH [brings]: $keeps_records is set if what is written is to be recorded as ours: with `brings`, or if a file
# there is already. Removes what killed scripts left beside PATH. However this script ends, it removes its own temporary files
# `new` and `copy`, and then their records. Needs the lock.
open_records() {
  keeps_records=${2-} beside=$1 new='' copy=''
  record_of "$1"
  [ ! -e "$record%env" ] || keeps_records=yes
  sweep_beside "$1" > /dev/null
  trap 'rm -f -- "$new" "$copy" && record_of "$beside" && rm -f -- "$record%beside" && unlock' EXIT
}

# close_records PATH: the write is finished.
close_records() { [ -z "$keeps_records" ] || disown_lost "$1"; }

# in_place NAME PATH: descriptor 8, which was made at NAME, becomes PATH. Fails if another file is there in the end.
in_place() {
  rename_beside -f "$1" "$2"
  is_same "$2" /proc/self/fd/8 || { echo "somebody else writes in the folder of $2: what is there is not what was written" >&2; exit 1; }
}

# is_in_folder DESCRIPTOR PATH: what was opened at PATH is in the folder that PATH leads to without links of other accounts. Nothing is in it yet.
is_in_folder() {
  (
    enter_folder_of "$2"
    is_same "./${2##*/}" "/proc/self/fd/$1" || refuse "$here was moved meanwhile"
  )
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
  is_in_folder 7 "$copy"
  cat <&6 >&7
  chown --reference=/proc/self/fd/6 -- /proc/self/fd/7
  like 6 7
  touch -c -r /proc/self/fd/6 -- /proc/self/fd/7
  sync -- /proc/self/fd/7
  sign_of /proc/self/fd/7
  [ -z "$is_ours" ] || own "$1" "$sign"
  exec 6<&-
}
