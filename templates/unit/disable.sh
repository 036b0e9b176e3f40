#!/bin/sh
# disable.sh UNIT [down]: stops a unit for good. Prints `unchanged` if there is no unit of this name. With `down` it only
# disables a unit that does not run, which takes no stop time: if the unit runs, it prints `up`, and nothing is changed.
# systemd reloads all units first, so that it knows a new one. It reloads again only if `disable` reports that it removed a
# link.
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
