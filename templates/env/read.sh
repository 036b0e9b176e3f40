#!/bin/sh
# read.sh LIMIT UNIT PATH [PREVIOUS]: an environment file, and its previous version, as they are, in lines `key=value`. If
# UNIT runs, also the start time of its process, in microseconds since the boot, with clock and uptime. Each path has every
# byte except letters, digits and ./_- as \0ooo. More than LIMIT bytes are no environment: status 1, and the reason on
# standard error. `changed` is when content, name or rights changed last: a file that was moved there, or restored with its old
# times, has an older time of writing. If a link or a hard link of an account other than root leads elsewhere, its target is never read: it has a
# kind and no text.
set -eu
export LC_ALL=C
limit=$1 unit=$2
. ./../logs/open.sh
user=$(id -un)
group=$(id -gn)
echo "login=$user:$group"
# It decides what a backslash at the end of a comment means.
echo "systemd=$(systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9][0-9]*\).*/\1/p')"

show() {
  plain "$2"
  path=$text kind=other
  if [ -L "$path" ]; then kind='link'
  elif [ ! -e "$path" ]; then return 0
  elif [ -f "$path" ]; then kind='file'
  fi
  about=$(stat -c "$1mode=%a
$1owner=%U:%G
$1version=%i:%.9Y
$1changed=%.9Z" -- "$path")
  why=67
  if [ -f "$path" ]; then
    why=0
    id=$(stat -L -c "$identity" -- "$path")
    open_log "$2" "$id" || why=$?
  fi
  case $why in
  0) ;;
  67 | 68) ;;
  69) kind=other ;;
  *) echo "$path cannot be read, or was changed at that moment" >&2 && exit 1 ;;
  esac
  printf '%skind=%s\n%s\n' "$1" "$kind" "$about"
  [ "$why" -eq 0 ] || return 0
  size=$(stat -L -c %s /dev/fd/3)
  if [ "$size" -gt "$limit" ]; then
    echo "$path has $size bytes; more than $limit are no environment" >&2
    exit 1
  fi
  # base64, because a file may hold any bytes: four characters for three of them. Its length shows that all of them were read.
  text=$(head -c "$limit" <&3 | base64 -w 0)
  threes=$(((size + 2) / 3))
  if [ ${#text} -ne $((threes * 4)) ]; then
    echo "$path cannot be read, or was changed at that moment" >&2
    exit 1
  fi
  echo "$1text=$text"
  exec 3<&-
}

show '' "$3"
[ $# -lt 4 ] || show previous. "$4"
if [ -n "$unit" ]; then
  state=$(systemctl show --property=ActiveState,ExecMainStartTimestampMonotonic -- "$unit" 2>/dev/null) || state=''
  case $state in
    *ActiveState=active*)
      started=${state#*ExecMainStartTimestampMonotonic=}
      read -r uptime _ < /proc/uptime
      now=$(date +%s.%N)
      echo "started=${started%%[!0-9]*} ${uptime:-0} $now"
      ;;
  esac
fi
