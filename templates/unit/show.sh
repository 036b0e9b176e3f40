#!/bin/sh
# show.sh UNIT: how a unit is, as lines KEY=VALUE of systemctl(1), and LastLine=, which it wrote to the journal itself (not systemd
# about it).
systemctl show --property=LoadState,ActiveState,InvocationID,Result,NRestarts -- "$1"
printf 'LastLine=%s\n' "$(journalctl _SYSTEMD_UNIT="$1" --lines=1 --output=cat --no-pager 2>/dev/null | tail -n 1)"
