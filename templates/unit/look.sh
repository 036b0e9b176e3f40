#!/bin/sh
# How long a unit may take by its own word, and those that go up or down with it.
#   $1      stop, or start
#   $2      the unit
# Prints, behind = up, = remembered or = required, what systemctl shows of each, the unit itself first behind = self.
set -eu
. ./dependents.sh

PROPERTIES=Id,Type,TimeoutStartUSec,TimeoutStopUSec,ExecCondition,ExecStartPre,ExecStart,ExecStartPost,ExecStop,ExecStopPost

# Of commands only that there is one: their words may be secret.
show() {
  echo "= $1"
  shift
  [ $# -gt 0 ] || return 0
  systemctl show --property="$PROPERTIES" -- "$@" |
    sed -n -e 's/^\(Exec[A-Za-z]*\)=..*/\1/p' -e '/^Id=/p' -e '/^Type=/p' -e '/^Timeout[A-Za-z]*=/p' -e '/^$/p'
}

show self "$2"
if [ "$1" = stop ]; then
  names=$(dependents "$2")
  # shellcheck disable=SC2046,SC2086 # several names
  show up $(those up $names)
else
  # shellcheck disable=SC2046
  show required $(requirements "$2")
fi
# shellcheck disable=SC2046
show remembered $(down_with "$2")
