#!/bin/sh
# How long a unit may take by its own settings, and the units that are stopped or started with it.
#   $1      stop, or start
#   $2      the unit
# Prints what systemctl shows of each unit: first the unit itself after = self, then the others after = up, = remembered or =
# required.
set -eu
. ./dependents.sh

PROPERTIES=Id,Type,TimeoutStartUSec,TimeoutStopUSec,ExecCondition,ExecStartPre,ExecStart,ExecStartPost,ExecStop,ExecStopPost

# A command is shown only as present or absent: its words may be secret.
show() {
  echo "= $1"
  shift
  [ $# -gt 0 ] || return 0
  shown=$(systemctl show --property="$PROPERTIES" -- "$@")
  printf '%s\n' "$shown" |
    sed -n -e 's/^\(Exec[A-Za-z]*\)=..*/\1/p' -e '/^Id=/p' -e '/^Type=/p' -e '/^Timeout[A-Za-z]*=/p' -e '/^$/p'
}

show self "$2"
if [ "$1" = stop ]; then
  names=$(dependents "$2")
  # shellcheck disable=SC2086 # several names
  names=$(those up $names)
  role=up
else
  names=$(requirements "$2")
  role=required
fi
# shellcheck disable=SC2086 # several names
show "$role" $names
names=$(down_with "$2")
# shellcheck disable=SC2086
show remembered $names
