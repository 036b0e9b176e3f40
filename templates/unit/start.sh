#!/bin/sh
# Starts a unit.
#   $1      the unit
# $2      a failed run, by its InvocationID: it is replaced by a new run, unless that has been done meanwhile; or empty
set -eu
. ./dependents.sh

run=''
[ -z "$2" ] || run=$(systemctl show --property=InvocationID --value -- "$1")
if [ -n "$run" ] && [ "$run" = "$2" ] && systemctl is-active --quiet -- "$1"; then
  remember "$1" "$2"
  systemctl restart -- "$1"
  echo again
  exit 0
fi
if systemctl is-active --quiet -- "$1"; then echo unchanged; exit 0; fi
# After too many failures a unit starts only if its failures are reset.
systemctl reset-failed -- "$1" 2>/dev/null || true
systemctl start -- "$1"
