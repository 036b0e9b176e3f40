#!/bin/sh
# disable.sh UNIT [down]: stops a unit for good. Prints `unchanged` if the unit does not exist and does not run. With `down` only a
# unit that does not run is disabled, which takes no time: if it runs, or was started meanwhile, the script prints `up`.
# systemd reads all units again first, so that it knows a unit that has just come. It reads them once more only if `disable` said
# something: then a link was removed.
# In the end the unit must be down: another unit may have started it again (Upholds=, a timer, a socket).
set -eu

look() { state=$(systemctl show --property=LoadState,ActiveState -- "$1"); }
is_down() { case $state in *ActiveState=inactive* | *ActiveState=failed*) ;; *) return 1 ;; esac; }
has_file() { case $state in *LoadState=not-found*) return 1 ;; esac; }

systemctl daemon-reload
look "$1"
if ! is_down; then
  if [ "${2-}" = down ]; then echo up; exit 0; fi
elif ! has_file; then
  echo unchanged
  exit 0
fi
if has_file; then
  said=$(systemctl disable --no-reload -- "$1" 2>&1) || { printf '%s\n' "$said" >&2; exit 1; }
  [ -z "$said" ] || systemctl daemon-reload
fi
[ "${2-}" = down ] || systemctl stop -- "$1"
look "$1"
if ! is_down; then
  if [ "${2-}" = down ]; then echo up; exit 0; fi
  echo 'it runs again: something on this host starts it' >&2
  exit 1
fi
systemctl reset-failed --quiet -- "$1" || true
