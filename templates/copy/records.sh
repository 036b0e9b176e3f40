# shellcheck shell=sh disable=SC2034,SC2154
# The folder $brought records what kuafu brought to a host; a part of all scripts that write or read it. LC_ALL is C.
#
# A record that is cut off must never pass for a record of something else. So it is written as RECORD%unfinished and renamed,
# and an empty one, as a power failure or an older kuafu leaves it, is worth nothing.
#   RECORD%tree    what was brought to PATH (rules.sh)
#   RECORD%env     a line `SIZE INODE TIME` for each state of an environment file that kuafu wrote at PATH or beside it
#   RECORD%beside  a line for each temporary file beside the environment file PATH: what stands behind kuafu-tmp- in its name
#   RECORD%made    `INODE BIRTH` of the folder PATH, which kuafu made

# record_of PATH: `record` is the beginning of the names of all records of PATH: for /opt/shop it is opt%shop. A path with a %
# in it, or one that is not usable as a file name, has its digest. Called often, so it starts a process only if it must.
record_of() {
  left=${1#/} record=
  case $left in
  *%*) left='' ;;
  *) [ ${#left} -le 200 ] || left='' ;;
  esac
  if [ -z "$left" ]; then
    left=$(printf %s "$1" | sha256sum) || no_answer "the record of $1"
    record=$brought/%${left%% *}
    return
  fi
  while [ "$left" != "${left#*/}" ]; do
    record=$record${left%%/*}% left=${left#*/}
  done
  record=$brought/$record$left
}

exists() { [ -e "$1" ] || [ -L "$1" ]; }

# no_answer WHAT: a program of this host failed. That is neither yes nor no, so the script ends. In a condition `set -e` does not
# see a failure: what is called there says `|| no_answer`.
no_answer() {
  printf '%s cannot be told, as a program of this host failed\n' "$1" >&2
  exit 1
}

# become RECORD: what was written to RECORD%unfinished, whose RECORD is $record, is complete.
become() { mv -f -- "$record%unfinished" "$1"; }

# sign_of FILE: `sign` is how a file is known again.
sign_of() { sign=$(stat -L -c '%s %i %.9Y' -- "$1") || no_answer "the state of $1"; }

# own PATH STATE: a file at or beside PATH that has this state is ours.
own() {
  record_of "$1"
  {
    printf '%s\n' "$2"
    [ ! -e "$record%env" ] || cat -- "$record%env"
  } > "$record%unfinished"
  become "$record%env"
}

# is_own PATH FILE: FILE, which is PATH or stands beside it, is as kuafu has left it: with this `sign`.
is_own() {
  record_of "$1"
  if ! [ -s "$record%env" ] || ! [ -f "$2" ] || [ -L "$2" ]; then return 1; fi
  sign_of "$2"
  while IFS= read -r line; do
    [ "$line" != "$sign" ] || return 0
  done < "$record%env"
  return 1
}

# disown_lost PATH: forgets the states that no file has any more.
disown_lost() {
  record_of "$1"
  [ -e "$record%env" ] || return 0
  for found in "$1" "$1.kuafu-prev" "$1.kuafu-swap"; do
    ! is_own "$1" "$found" || printf '%s\n' "$sign"
  done > "$record%unfinished"
  become "$record%env"
}

# sweep_beside PATH: removes the temporary files that killed scripts left beside PATH, and says which.
sweep_beside() {
  record_of "$1"
  [ -e "$record%beside" ] || return 0
  while IFS= read -r end; do
    case $end in *[!0-9A-Za-z]*) continue ;; esac
    found=$1.kuafu-tmp-$end
    if [ ${#end} -ne 12 ] || ! exists "$found"; then continue; fi
    rm -f -- "$found"
    echo "removed $found"
  done < "$record%beside"
  rm -f -- "$record%beside"
}

# make_folder FOLDER: makes it, and the folders above it that are missing, and records that they are ours.
make_folder() {
  [ ! -d "$1/" ] || return 0
  make_folder "${1%/*}"
  if (umask 022 && mkdir -- "$1"); then
    record_of "$1"
    identity_of "$1" > "$record%unfinished"
    become "$record%made"
  else [ -d "$1/" ]; fi
}

identity_of() { stat -c '%i %W' -- "$1"; }

# is_made FOLDER: it is a folder that kuafu made.
is_made() {
  record_of "$1"
  if ! [ -s "$record%made" ] || ! [ -d "$1" ] || [ -L "$1" ]; then return 1; fi
  identity=$(identity_of "$1") || no_answer "whether kuafu made $1"
  read -r made < "$record%made" && [ "$identity" = "$made" ]
}

# end_switches WORDS...: the switch of each path of WORDS (.PATH, as tar has them) is over. With one rm: a path that is in place and
# still has its switch record is settled as such. An older kuafu may have left an %all.
end_switches() {
  for word in "$@"; do
    shift
    case $word in --*) continue ;; esac
    record_of "${word#.}"
    set -- "$@" "$record%given" "$record%new" "$record%all" "$record%switch"
  done
  rm -f -- "$@"
}
