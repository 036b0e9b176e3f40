#!/bin/sh
# last-line.sh UNIT: the last line that a unit wrote to the journal itself (not systemd about it); nothing where there is none.
journalctl _SYSTEMD_UNIT="$1" --lines=1 --output=cat --no-pager 2>/dev/null | tail -n 1
