#!/bin/sh
# reading.sh SECONDS WORDS...: what a host is and how busy it is over so many seconds (0: not measured), as lines `key=value`;
# the last is end=1. WORDS: unit=UNIT, disk=PATH (its file system), version=PATH encoded as in open.sh.
#
# CPU time of a unit: systemd's own count. If the host does not count it (CPUAccounting=no, no cgroup controller), the time of
# the processes in its control group and of their children that have ended (proc(5), fields 14-17).
export LC_ALL=C
seconds=$1
shift
. ./../logs/open.sh
unit_cpu() {
  nsec=$(systemctl show --property=CPUUsageNSec --value -- "$1" 2>/dev/null)
  case $nsec in
  '' | *[!0-9]*) ;;
  *) echo "nsec=$nsec $1"; return ;;
  esac
  group=$(systemctl show --property=ControlGroup --value -- "$1" 2>/dev/null)
  [ -n "$group" ] || return
  # shellcheck disable=SC2013 # no path of /proc has a blank
  for file in $(grep -lsF -- ":$group" /proc/[0-9]*/cgroup); do
    cat -- "${file%cgroup}stat" 2>/dev/null | sed 's/^.*) //'
  done | awk '{ sum += $12 + $13 + $14 + $15 } END { printf "ticks=%d ", sum }'
  echo "$1"
}
# version WORD: the first line of a file, read by open_log of open.sh; nothing if the path would lead elsewhere.
version() {
  plain "$1"
  file=$text
  id=$(stat -L -c "$identity" -- "$file" 2>/dev/null) && open_log "$1" "$id" || return
  echo "version=$file=$(head -c 200 <&3 | head -n 1)"
  exec 3<&-
}
sample() {
  read -r up _ </proc/uptime; echo "sample=$up"
  read -r line </proc/stat; echo "stat=$line"
  for argument in "$@"; do
    case $argument in unit=*) unit_cpu "${argument#unit=}" ;; esac
  done
}
echo "kernel=$(uname -r)"
echo "os=$(. /etc/os-release 2>/dev/null; printf '%s' "${PRETTY_NAME-}")"
echo "openssh=$(ssh -V 2>&1)"
echo "cpus=$(nproc)"
echo "tick=$(getconf CLK_TCK)"
[ "$seconds" = 0 ] || { sample "$@"; sleep "$seconds"; }
sample "$@"
read -r loads </proc/loadavg; echo "load=$loads"
awk '/^(MemTotal|MemAvailable):/ { print tolower($1) $2 }' /proc/meminfo | sed 's/:/=/'
for argument in "$@"; do
  case $argument in
  disk=*)
    at=${argument#disk=}
    while ! [ -e "$at" ]; do at=$(dirname -- "$at"); done
    sizes=$(df -k --output=size,used,avail,itotal,iused,target -- "$at") || exit
    printf '%s\n' "$sizes" | sed -n '2s/^ */disk=/p' ;;
  version=*)
    version "${argument#version=}" ;;
  unit=*)
    unit=${argument#unit=}
    echo "state=$(systemctl is-active -- "$unit" 2>/dev/null) $unit"
    echo "run=$(systemctl show --property=ActiveState,InvocationID,ActiveEnterTimestampMonotonic -- "$unit" 2>/dev/null | tr '\n' ';') $unit"
    echo "quota=$(systemctl show --property=CPUQuotaPerSecUSec --value -- "$unit" 2>/dev/null | tr -d ' ') $unit" ;;
  esac
done
# A host that was not booted with systemd has no failed units.
if command -v systemctl >/dev/null && [ "$(systemctl is-system-running 2>/dev/null)" != offline ]; then
  failed=$(systemctl list-units --state=failed --plain --no-legend --no-pager) || exit
  printf '%s\n' "$failed" | awk 'NF { print "failed=" $1 }' || exit
fi
echo end=1
