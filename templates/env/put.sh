#!/bin/sh
# put.sh PATH MODE OWNER KEEPS PREVIOUS BROUGHT: writes an environment file. Standard input: a line with the sha256 of what
# follows it. OWNER: user:group, empty for the account that writes. KEEPS: `mode`, `owner`, `mode,owner` or empty: where a file is
# there these are its own, but nobody else may read it. PREVIOUS: `keep` or `drop` what stood there. BROUGHT: the folder in
# which is written down that an expansion brings it, or empty. Prints `changed` or `unchanged`.
#
# Written beside and renamed, so that a reader sees the old file or the new one. The digest tells a file that was cut off with
# the link from a whole one; on standard input nobody sees it, as they would among the arguments. What stands there already is
# not written again, so a push that is repeated keeps the version of before the first one. The lock is for the script of an
# earlier attempt that lost its link and still runs.
set -eu
path=$1 mode=$2 owner=$3 keeps=$4 previous=$5 brought=$6
umask 077
folder=$(dirname -- "$path")
(umask 022; mkdir -p -- "$folder")
exec 9< "$folder"
flock -w 20 9 || { echo "another write there takes too long" >&2; exit 1; }
[ -n "$owner" ] || owner=$(id -u):$(id -g)
if [ -f "$path" ]; then
  case $keeps in *owner*) owner=$(stat -L -c %u:%g -- "$path") ;; esac
  case $keeps in *mode*) mode=$(stat -L -c %a -- "$path") && mode=$(printf %o $((0$mode & 0770))) ;; esac
fi
if [ -n "$brought" ]; then
  mkdir -p -- "$brought"
  sum=$(printf %s "$path" | sha256sum)
  : > "$brought/${sum%% *}.env"
fi
old=
new=$(mktemp -- "$path.kuafu-XXXXXX")
trap 'rm -f -- "$new" "$old"' EXIT
read -r digest
cat > "$new"
is_whole() { [ "$(sha256sum < "$1")" = "$digest  -" ] || { echo "$1 is not what was sent" >&2; exit 1; }; }
is_whole "$new"
chown -- "$owner" "$new"
chmod -- "$mode" "$new"
if [ -f "$path" ] && cmp -s -- "$new" "$path"; then
  [ -L "$path" ] || [ "$(stat -c %a:%u:%g -- "$path")" != "$(stat -c %a:%u:%g -- "$new")" ] || { echo unchanged; exit 0; }
elif [ -f "$path" ] && [ "$previous" = keep ]; then
  old=$(mktemp -- "$path.kuafu-XXXXXX")
  cp -pL -- "$path" "$old"
  chmod o= -- "$old"
  sync -- "$old"
  mv -fT -- "$old" "$path.kuafu-prev"
  rm -f -- "$path.kuafu-swap"
fi
sync -- "$new"
mv -fT -- "$new" "$path"
is_whole "$path"
echo changed
