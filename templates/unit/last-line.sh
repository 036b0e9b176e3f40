#!/bin/sh
# last-line.sh UNIT [SECONDS]: the last line in the journal that the present run of the unit wrote itself, or its last run if it
# does not run; not what systemd writes about it. Nothing if there is none: a line of an earlier run explains nothing, unless it
# came within the last SECONDS, as of a unit that systemd restarts again and again. A run that began a moment ago is given one to
# write.
#
# By time, not by _SYSTEMD_INVOCATION_ID: the last lines of a process that is gone may lack that field, as journald reads it when
# it gets to a line. Microseconds; systemd has the beginning of the run on the clock that /proc/uptime shows (proc(5)). That is when
# it looked at the conditions: InactiveExitTimestamp is the end of the run while the unit waits to be restarted (systemd 252).
# Without --reverse, --lines counts from the beginning of --since (journalctl 252).
began=$(systemctl show --property=ConditionTimestampMonotonic --value -- "$1" 2>/dev/null) || exit 0
case $began in 0 | '' | *[!0-9]*) exit 0 ;; esac
read -r up _ < /proc/uptime && now=$(date +%s%6N) || exit 0
# 1NN - 100: a shell reads 08 as octal. /proc/uptime is cut to hundredths, so the run may have begun 10 ms earlier than it seems.
since=$((now - ${up%.*} * 1000000 - (1${up#*.} - 100) * 10000 + began - 10000))
earlier=$((now - ${2:-0} * 1000000))
[ "$earlier" -gt "$since" ] || since=$earlier
rest=$(printf %06d $((since % 1000000)))
since=@$((since / 1000000)).$rest
for _ in 1 2 3; do
  # An account may write an entry of any size. One that is cut is not shown: its end might be the beginning of a secret.
  entry=$(journalctl _SYSTEMD_UNIT="$1" --since="$since" --reverse --lines=1 --output=cat --no-pager --quiet 2>/dev/null |
    head -c 65536)
  # Characters, for a shell that counts them: one has at most 4 bytes.
  if [ ${#entry} -ge 16384 ]; then
    echo 'an entry of more than 16 KiB'
    exit 0
  fi
  line=$(printf '%s\n' "$entry" | tail -n 1)
  if [ -n "$line" ]; then
    printf '%s\n' "$line"
    exit 0
  fi
  sleep 0.3
done
