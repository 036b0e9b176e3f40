#!/bin/sh
# template.sh UNIT USER ENVFILE PATH...: what has to be known of a template host before its files are read: records, each
# ended by NUL. USER and ENVFILE may be empty.
#   load STATE, fragment PATH, dropin PATH, envfile PATH, state STATE   of UNIT, as systemctl(1) has them
#   uid N, gid N         of USER, if there is such an account
#   env MODE USER:GROUP  who may read ENVFILE, if it exists
#   wanted FOLDER        a folder below /etc/systemd/system that has a link to UNIT, such as multi-user.target.wants
#   link PATH, to PATH   a path that is a link, and its final target
#   inner PATH, to TEXT  a link in a tree, and its text
#   bytes N              the space of the files on the disk
set -eu
export LC_ALL=C
unit=$1
user=$2
env=$3
shift 3
# A tree may have any number of links; this many are enough to report.
most_links=5000

shown=$(systemctl show --property=LoadState,FragmentPath,DropInPaths,UnitFileState,EnvironmentFiles -- "$unit") || exit
# Of a unit that there is not it says that, too: no word is no answer.
[ -n "$shown" ] || exit 69
printf '%s\n' "$shown" |
  while IFS= read -r line; do
    value=${line#*=}
    [ -n "$value" ] || continue
    case $line in
    LoadState=*) printf 'load %s\0' "$value" ;;
    FragmentPath=*) printf 'fragment %s\0' "$value" ;;
    UnitFileState=*) printf 'state %s\0' "$value" ;;
    EnvironmentFiles=*) printf 'envfile %s\0' "${value% (*}" ;;
    DropInPaths=*) printf '%s\n' "$value" | tr ' ' '\n' | while IFS= read -r path; do printf 'dropin %s\0' "$path"; done ;;
    esac
  done
if [ -n "$user" ] && uid=$(id -u -- "$user" 2> /dev/null); then
  gid=$(id -g -- "$user")
  printf 'uid %s\0gid %s\0' "$uid" "$gid"
fi
if [ -n "$env" ]; then stat -L --printf='env %a %U:%G\0' -- "$env" 2> /dev/null || true; fi
for link in /etc/systemd/system/*.wants/"$unit" /etc/systemd/system/*.requires/"$unit"; do
  [ -L "$link" ] || continue
  folder=${link%/*}
  printf 'wanted %s\0' "${folder##*/}"
done
for path in "$@"; do
  [ -L "$path" ] || continue
  target=$(readlink -m -- "$path")
  printf 'link %s\0to %s\0' "$path" "$target"
done
find "$@" -xdev -type l -printf 'inner %p\0to %l\0' 2> /dev/null | head -z -n "$((2 * most_links))" || true
# 1: a file was gone meanwhile, or cannot be read; that is told by the copy. More: find itself did not run to its end.
bytes=$({ find "$@" -xdev -printf '%b\n' 2> /dev/null || echo "ended $?"; } |
  awk '$1 == "ended" { ended = $2 } { blocks += $1 } END { if (ended > 1) exit ended; printf "%.0f", blocks * 512 }')
printf 'bytes %s\0' "$bytes"
