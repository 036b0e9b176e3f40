# shellcheck shell=sh disable=SC2034,SC2154
# The folder $brought records what kuafu brought to a host; a part of all scripts that write or read it. LC_ALL is C.
#
# A record that is cut off must never pass for a record of something else. So it is written as RECORD%unfinished and renamed,
# and an empty one, as a power failure or an older kuafu leaves it, is worth nothing.
#   RECORD%tree    what was brought to PATH (rules.sh)
#   RECORD%env     a line `SIZE INODE TIME` for each state of an environment file that kuafu wrote at PATH or beside it
#   RECORD%beside  a line for each temporary file or folder beside PATH: what stands behind kuafu-tmp- in its name
#   RECORD%made    `INODE BIRTH` of the folder PATH, which kuafu made
#   RECORD%switch  lines `SIDE INODE BIRTH` of the trees that kuafu puts at PATH.kuafu-SIDE during a switch (rules.sh); `hold` is
#                  the folder beside PATH in which a tree is copied

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

REFUSED=66
refuse() {
  printf '%s\n' "$*" >&2
  exit "$REFUSED"
}

# lock SECONDS: waits so long at most for the script that is at work, such as that of an attempt that lost its link. A script that
# ends removes the file of the lock, so what is locked must be the file that is there. Every shell that is sh on Linux has -ef.
# shellcheck disable=SC3013
lock() {
  until [ "$brought/lock" -ef /proc/self/fd/9 ]; do
    mkdir -p -- "$brought"
    if { command exec 9> "$brought/lock"; } 2> /dev/null; then
      flock -w "$1" 9 || refuse 'another script of kuafu is at work there'
    else [ ! -d "$brought" ] || refuse "$brought/lock cannot be opened"; fi
  done
}

# unlock: no script is at work any more. Where nothing was brought, nothing of the records stays.
unlock() {
  rm -f -- "$brought/lock"
  rmdir -- "$brought" "${brought%/*}" 2> /dev/null || true
}

exists() { [ -e "$1" ] || [ -L "$1" ]; }

# no_answer WHAT: a program of this host failed. That is neither yes nor no, so the script ends. In a condition `set -e` does not
# see a failure: what is called there says `|| no_answer`.
no_answer() {
  printf '%s cannot be told, as a program of this host failed\n' "$1" >&2
  exit 1
}

# An account of the host may own folders on the way to a path, and put a link there at any moment: it would choose where root
# writes. So the shell enters folder by folder, checks where it is, and touches only what is there: `.`, `./NAME`, a descriptor.

# enter NAME: enters the folder NAME in the current folder $here, and no other folder.
enter() {
  cd -P -- "./$1" || exit "$REFUSED"
  here=${here%/}/$1
  [ "$(pwd -P)" = "$here" ] || refuse "$here was moved meanwhile"
}

# enter_folder_of PATH: enters the folder that PATH is in, which becomes $here. Links are followed only if root, or the account
# that kuafu has here, made them.
enter_folder_of() {
  todo=${1%/*}/ here='' links=0
  cd / || exit "$REFUSED"
  while [ -n "$todo" ]; do
    part=${todo%%/*} todo=${todo#*/}
    case $part in
    '' | .) ;;
    ..)
      cd .. || exit "$REFUSED"
      here=${here%/*} ;;
    *)
      if [ -L "./$part" ]; then follow_link "$1"
      else enter "$part"; fi ;;
    esac
  done
}

# follow_link PATH: the link $part in the current folder, on the way to PATH.
follow_link() {
  owner=$(stat -c %u -- "./$part") || no_answer "whose link $here/$part is"
  target=$(readlink -- "./$part") || no_answer "where $here/$part leads"
  user=$(id -u) || no_answer 'the account of this script'
  account=$(stat -c %U -- "./$part") || no_answer "whose link $here/$part is"
  case $owner in 0 | "$user") ;;
  *) refuse "$here/$part is a link of the account $account, which could lead anywhere: name the folder that it leads to" ;;
  esac
  [ $((links += 1)) -le 40 ] || refuse "$1 leads through too many links"
  todo=$target/$todo
  case $target in /*)
    cd / || exit "$REFUSED"
    here='' ;;
  esac
}

# own_way PATH: refuses a path with a link of another account on the way, as far as the way exists.
own_way() (
  way=${1%/*}
  while [ -n "$way" ] && ! exists "$way"; do way=${way%/*}; done
  [ -z "$way" ] || enter_folder_of "$way/."
)

# rename_beside OPTION FROM TO: both are in one folder, which is entered first. Where mv cannot rename it copies, and goes by the
# whole path again for each file.
rename_beside() (
  enter_folder_of "$2"
  mv "$1" -T -- "./${2##*/}" "./${3##*/}"
)

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

# name_beside PATH: `name` is a name beside PATH that cannot be guessed. It is recorded before anything has it.
name_beside() {
  record_of "$1"
  name=$(mktemp -u -- "$1.kuafu-tmp-XXXXXXXXXXXX")
  printf '%s\n' "${name##*-}" >> "$record%beside"
}

# sweep_beside PATH: removes the temporary files and folders that killed scripts left beside PATH, and says which. A folder with
# something in it is not as kuafu left it, and stays, unless it is the copy of a new tree.
sweep_beside() {
  record_of "$1"
  [ -e "$record%beside" ] || return 0
  while IFS= read -r end; do
    case $end in *[!0-9A-Za-z]*) continue ;; esac
    found=$1.kuafu-tmp-$end
    if [ ${#end} -ne 12 ] || ! exists "$found"; then continue; fi
    if is_noted new "$1" "$found" || is_noted hold "$1" "$found"; then rm -rf --one-file-system -- "$found"
    elif [ -d "$found" ] && [ ! -L "$found" ]; then rmdir --ignore-fail-on-non-empty -- "$found"
    else rm -f -- "$found"; fi
    exists "$found" || echo "removed $found"
  done < "$record%beside"
  rm -f -- "$record%beside"
}

# make_folder FOLDER: makes it, and the folders above it that are missing, and records that they are ours. Each is recorded while
# it has a temporary name, so there is never a folder of ours without a record.
make_folder() {
  [ ! -d "$1/" ] || return 0
  make_folder "${1%/*}"
  sweep_beside "$1" > /dev/null
  name_beside "$1"
  (umask 022 && mkdir -- "$name")
  identity=$(identity_of "$name")
  record_of "$1"
  printf '%s\n' "$identity" > "$record%unfinished"
  become "$record%made"
  rename_beside -n "$name" "$1" || :
  # Then somebody else has made it meanwhile.
  ! exists "$name" || rmdir -- "$name"
  rm -f -- "$record%beside"
  [ -d "$1/" ]
}

identity_of() { stat -c '%i %W' -- "$1"; }

# is_noted SIDE PATH FOUND: FOUND is what RECORD%switch has as SIDE of PATH.
is_noted() {
  record_of "$2"
  if ! [ -s "$record%switch" ] || ! exists "$3"; then return 1; fi
  identity=$(identity_of "$3") || no_answer "whether kuafu put $3 there"
  while IFS= read -r line; do
    [ "$line" != "$1 $identity" ] || return 0
  done < "$record%switch"
  return 1
}

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
