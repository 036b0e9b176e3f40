#!/bin/sh
# Starts again the units that were stopped with a unit, now that it is up.
#   $1      the unit
#   $2      keep: a later look follows; forget: this is the last look
# Prints `up UNIT` and `down UNIT`; nothing if no unit was stopped with it.
set -eu
. ./dependents.sh

# A target is started without the units that it wants, because an operator may have stopped one of them. For a oneshot unit
# the script waits only for its beginning.
begin() {
  systemctl reset-failed -- "$1" 2>/dev/null || true
  how=''
  case $1 in *.target) how=--job-mode=ignore-requirements ;; esac
  type=$(systemctl show --property=Type --value -- "$1")
  [ "$type" != oneshot ] || how=--no-block
  # shellcheck disable=SC2086 # one word or none
  systemctl start $how -- "$1" || true
}

# A oneshot unit that has ended successfully is not up, but is in order.
is_over() {
  about=$(systemctl show --property=Type,Result,ActiveState -- "$1") || exit
  about=$(printf '%s\n' "$about" | sort | tr '\n' ' ')
  [ "$about" = 'ActiveState=inactive Result=success Type=oneshot ' ]
}

set -f
all=$(down_with "$1")
# shellcheck disable=SC2086 # several names
lost=$(those down $all)
for each in $lost; do begin "$each"; done
lost=''
for each in $all; do
  up=$(those up "$each")
  if [ -n "$up" ] || is_over "$each"; then
    printf 'up %s\n' "$each"
  else
    printf 'down %s\n' "$each"
    lost="$lost $each"
  fi
done
if [ "$2" = forget ] && [ -z "$lost" ]; then rm -f -- "$DOWN/$1"; fi
