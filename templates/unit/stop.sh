#!/bin/sh
# Stops one run of a unit, and first records which units will be stopped with it.
#   $1      the unit
#   $2      the run, by its InvocationID; empty: any
# Whether the unit starts at boot is not changed: a host that reboots half-way must come up again.
set -eu
. ./dependents.sh

case $(systemctl is-active -- "$1") in inactive | failed) echo unchanged; exit 0 ;; esac
run=$(systemctl show --property=InvocationID --value -- "$1")
if [ -n "$2" ] && [ "$run" != "$2" ]; then
  echo restarted
  exit 0
fi
remember "$1" "$run"
systemctl stop -- "$1"
