#!/bin/sh
# last-line.sh UNIT: the last line in the journal from the unit itself (not from systemd about it); nothing if there is none.
journalctl _SYSTEMD_UNIT="$1" --lines=1 --output=cat --no-pager 2>/dev/null | tail -n 1
