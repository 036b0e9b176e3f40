#!/bin/sh
# facts.sh [FACT...]: facts of a host, a line KEY=VALUE each: its architecture, its system, and of FACTs:
#   clock       the nanoseconds of its clock
#   openssh     the version of its OpenSSH, in its own words
#   disk=PATH   `disk=BLOCKS BYTES PATH`: blocks that are free for an unprivileged writer, and bytes of a block, at PATH or the
#               nearest existing folder above; exit 69 if it cannot be read
#   tool=NAME   the same words, if there is such a program
#   unit=NAME   the same words, if such a unit of systemd runs; exit 69 if systemd does not say
export LC_ALL=C
echo "arch=$(uname -m)"
# shellcheck source=/dev/null
echo "os=$(. /etc/os-release 2>/dev/null; printf '%s' "${ID-}")"
while [ $# -gt 0 ]; do
  case $1 in
  clock) echo "clock=$(date +%s%N)" ;;
  openssh) echo "openssh=$(ssh -V 2>&1)" ;;
  disk=*)
    at=${1#disk=}
    while ! [ -e "$at" ]; do
      at=${at%/*}
      at=${at:-/}
    done
    free=$(stat -f -c '%a %S' -- "$at") || exit 69
    printf 'disk=%s %s\n' "$free" "${1#disk=}" ;;
  tool=*) ! command -v "${1#tool=}" >/dev/null 2>&1 || echo "$1" ;;
  unit=*)
    state=$(systemctl is-active -- "${1#unit=}")
    case $state in
    active | activating | reloading) echo "$1" ;;
    '') exit 69 ;;
    esac ;;
  esac
  shift
done
