#!/bin/sh
# put.sh PATH MODE OWNER KEEPS PREVIOUS BROUGHT [brings]: writes an environment file. Standard input: a line with the sha256
# of what follows it. OWNER: user:group, empty for the account that writes. KEEPS: `mode`, `owner`, `mode,owner` or empty: an
# existing file keeps these, but other users lose the right to read it. PREVIOUS: `keep` or `drop` the present content.
# BROUGHT: the folder that records what an expansion brings (`brings`), and the temporary files of each write while it is at
# work. Prints `changed` or `unchanged`.
#
# What is written is recorded while it still has a temporary name, so there is never a file of ours without a record, nor a
# record of a file that somebody else has put at PATH.
#
# The file is written beside PATH and renamed, so that a reader sees either the old or the new file. The digest shows whether
# the file is complete or was cut off with the link. It comes on standard input, because other accounts could read it among
# the arguments. A file with the same content is not written again, so a repeated push keeps the version from before the first
# one.
set -eu
export LC_ALL=C
path=$1 mode=$2 owner=$3 keeps=$4 previous=$5 brought=$6 brings=${7-}
umask 077
. ./beside.sh
folder=${path%/*}/
own_way "$path"
lock 20
open_records "$path" "$brings"
if [ "$brings" = brings ]; then make_folder "${path%/*}"
else [ -d "$folder" ] || (umask 022; mkdir -p -- "$folder"); fi
if [ -z "$owner" ]; then
  user=$(id -u)
  group=$(id -g)
  owner=$user:$group
fi
if [ -f "$path" ]; then
  case $keeps in *owner*) owner=$(stat -L -c %u:%g -- "$path") ;; esac
  case $keeps in *mode*)
    mode=$(stat -L -c %a -- "$path")
    mode=$(printf %o $((0$mode & 0770)))
    ;;
  esac
fi
name_beside "$path"
new=$name
set -C
exec 8> "$new"
set +C
is_in_folder 8 "$new"
read -r digest
cat >&8
is_whole() {
  sum=$(sha256sum < "$1")
  [ "$sum" = "$digest  -" ] || { echo "$path is not what was sent" >&2; exit 1; }
}
# has_content FILE: it has the content of the new file. cmp ends with 2 where it cannot tell.
has_content() {
  differs=0
  cmp -s -- /proc/self/fd/8 "$1" || differs=$?
  [ "$differs" -le 1 ] || no_answer "what is in $1"
  [ "$differs" -eq 0 ]
}
has_rights() {
  [ ! -L "$1" ] || return 1
  rights=$(stat -c %a:%u:%g -- "$1") || no_answer "who may read $1"
  wanted=$(stat -L -c %a:%u:%g /proc/self/fd/8) || no_answer "who may read the new $1"
  [ "$rights" = "$wanted" ]
}
is_whole /proc/self/fd/8
chown -- "$owner" /proc/self/fd/8
case $keeps in
  *mode*)
    if [ -f "$path" ] && [ ! -L "$path" ]; then
      exec 6< "$path"
      like 6 8
      exec 6<&-
    fi
    ;;
esac
chmod -- "$mode" /proc/self/fd/8
if [ -f "$path" ] && has_content "$path"; then
  if has_rights "$path"; then
    rm -f -- "$new"
    close_records "$path"
    echo unchanged
    exit 0
  fi
elif [ -f "$path" ] && [ "$previous" = keep ]; then
  copy_beside "$path"
  rename_beside -f "$copy" "$path.kuafu-prev"
  copy=''
  rm -f -- "$path.kuafu-swap"
fi
sync -- /proc/self/fd/8
sign_of /proc/self/fd/8
[ -z "$keeps_records" ] || own "$path" "$sign"
in_place "$new" "$path"
new=''
is_whole /proc/self/fd/8
close_records "$path"
echo changed
