#!/bin/sh
# disable.sh UNIT: stops a unit for good. Prints `unchanged` where there is none of that name.
set -eu
systemctl daemon-reload
if [ "$(systemctl show --property=LoadState --value -- "$1")" = not-found ]; then echo unchanged; exit 0; fi
systemctl disable --now --quiet -- "$1"
systemctl reset-failed --quiet -- "$1" || true
