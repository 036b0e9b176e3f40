#!/bin/sh
# launch.sh GROUP... -- COMMAND...: enters the control groups of a host, and runs the command that boots it. nspawn ends with
# 133 if the host reboots (with --keep-unit it does not restart it by itself). Any other status is the end: a shutdown, or a
# power cut.
set -e
while [ "$1" != -- ]; do
  echo $$ > "$1/cgroup.procs"
  shift
done
shift
set +e
while :; do
  "$@"
  [ $? = 133 ] || break
done
