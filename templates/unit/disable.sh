#!/bin/sh
# disable.sh UNIT [down]: stops a unit for good. Prints `unchanged` where there is none of that name. With `down` only one that
# does not run, which takes no time of its own: else it prints `up`, and nothing is changed.
# systemd reads all units anew before, so that it knows one that has just come, and once more only where a link was taken away:
# of that `disable` says something.
set -eu
systemctl daemon-reload
state=$(systemctl show --property=LoadState,ActiveState -- "$1")
case $state in *LoadState=not-found*) echo unchanged; exit 0 ;; esac
case $state in
*ActiveState=inactive* | *ActiveState=failed*) ;;
*) if [ "${2-}" = down ]; then echo up; exit 0; fi ;;
esac
said=$(systemctl disable --no-reload -- "$1" 2>&1) || { printf '%s\n' "$said" >&2; exit 1; }
[ -z "$said" ] || systemctl daemon-reload
[ "${2-}" = down ] || systemctl stop -- "$1"
systemctl reset-failed --quiet -- "$1" || true
