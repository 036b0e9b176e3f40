import type { RemoteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';

/** What to read of a host beside what every host has. */
export interface ReadingWanted {
  /** systemd units whose state and CPU time matter. */
  readonly units: readonly string[];
  /** Paths whose file systems matter. */
  readonly paths: readonly string[];
  /** Files whose first line is a version. */
  readonly versionFiles: readonly string[];
}

// CPU time of a unit: systemd's own count, or where the host does not account for it (CPUAccounting=no, no cgroup
// controller) that of the processes in its control group and of their children that have ended (proc(5), fields 14-17).
const SCRIPT = `
export LC_ALL=C
seconds=$1; shift
unit_cpu() {
  nsec=$(systemctl show --property=CPUUsageNSec --value -- "$1" 2>/dev/null)
  case $nsec in
  '' | *[!0-9]*) ;;
  *) echo "nsec=$nsec $1"; return ;;
  esac
  group=$(systemctl show --property=ControlGroup --value -- "$1" 2>/dev/null)
  [ -n "$group" ] || return
  for file in $(grep -lsF -- ":$group" /proc/[0-9]*/cgroup); do
    cat -- "\${file%cgroup}stat" 2>/dev/null | sed 's/^.*) //'
  done | awk '{ sum += $12 + $13 + $14 + $15 } END { printf "ticks=%d ", sum }'
  echo "$1"
}
sample() {
  read -r up _ </proc/uptime; echo "sample=$up"
  read -r line </proc/stat; echo "stat=$line"
  for argument in "$@"; do
    case $argument in unit=*) unit_cpu "\${argument#unit=}" ;; esac
  done
}
echo "kernel=$(uname -r)"
echo "os=$(. /etc/os-release 2>/dev/null; printf '%s' "\${PRETTY_NAME-}")"
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
    at=\${argument#disk=}
    while ! [ -e "$at" ]; do at=$(dirname -- "$at"); done
    df -k --output=size,used,avail,itotal,iused,target -- "$at" | sed -n '2s/^ */disk=/p' ;;
  version=*)
    file=\${argument#version=}
    if [ -r "$file" ]; then echo "version=$file=$(head -c 200 -- "$file" | head -n 1)"; fi ;;
  unit=*)
    unit=\${argument#unit=}
    echo "state=$(systemctl is-active -- "$unit" 2>/dev/null) $unit"
    echo "quota=$(systemctl show --property=CPUQuotaPerSecUSec --value -- "$unit" 2>/dev/null | tr -d ' ') $unit" ;;
  esac
done
systemctl list-units --state=failed --plain --no-legend --no-pager 2>/dev/null | awk '{ print "failed=" $1 }'
echo end=1`;

/** So long may a host take over what it is asked beside the sample. */
const ANSWER_MS = 20_000;

/**
 * Reads a host: system, load, memory, file systems, units, and how busy it is over `sampleMs` (0: not at all). It needs
 * a POSIX shell, coreutils, awk and systemd, and changes nothing.
 */
export function readingCommand(wanted: ReadingWanted, sampleMs: number): RemoteCommand {
  const args = [
    String(sampleMs / 1000),
    ...wanted.units.map((unit) => `unit=${unit}`),
    ...wanted.paths.map((path) => `disk=${path}`),
    ...wanted.versionFiles.map((path) => `version=${path}`),
  ];
  return scriptCommand(SCRIPT, args, 'read', sampleMs + ANSWER_MS);
}
