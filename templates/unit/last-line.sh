#!/bin/sh
# last-line.sh UNIT: the last line in the journal that the present run of the unit wrote itself, or its last run if it does not
# run; not what systemd writes about it. Nothing if there is none: a line of an earlier run explains nothing. A run that began a
# moment ago is given one to write.
for _ in 1 2 3; do
  run=$(systemctl show --property=InvocationID --value -- "$1" 2>/dev/null) && [ -n "$run" ] || exit 0
  line=$(journalctl _SYSTEMD_UNIT="$1" _SYSTEMD_INVOCATION_ID="$run" --lines=1 --output=cat --no-pager --quiet 2>/dev/null |
    tail -n 1)
  if [ -n "$line" ]; then
    printf '%s\n' "$line"
    exit 0
  fi
  sleep 0.3
done
