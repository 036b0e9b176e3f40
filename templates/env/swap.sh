#!/bin/sh
# swap.sh PATH VERSION BROUGHT: restores the previous version of an environment file, known by inode and time, and keeps the
# present file as the previous one. BROUGHT: see put.sh. Prints `changed` or `unchanged`.
#
# The version of the plan is renamed into its place, never copied, so its inode shows what has been done already: a second run
# does not bring back what was rolled back. Until then the present file has a third name.
set -eu
export LC_ALL=C
path=$1 version=$2 brought=$3
previous=$path.kuafu-prev swap=$path.kuafu-swap
. ./beside.sh
is_wanted() {
  if ! [ -f "$1" ] || [ -L "$1" ]; then return 1; fi
  found=$(stat -c %i:%.9Y -- "$1") || no_answer "which version $1 is"
  [ "$found" = "$version" ]
}
umask 077
own_way "$path"
lock 20
open_records "$path"
answer=unchanged
if ! is_wanted "$path"; then
  is_wanted "$previous" || { echo "$previous is no longer what it was when the plan was made" >&2; exit 1; }
  rm -f -- "$swap"
  if [ -f "$path" ]; then
    copy_beside "$path"
    rename_beside -f "$copy" "$swap"
    copy=''
  fi
  rename_beside -f "$previous" "$path"
  answer=changed
fi
if [ -f "$swap" ]; then rename_beside -f "$swap" "$previous"; fi
is_wanted "$path"
close_records "$path"
echo "$answer"
