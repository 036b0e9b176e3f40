#!/bin/sh
# launch.sh GROUP... -- COMMAND...: enters the control groups of a host, and runs the command that boots it. nspawn ends with 133
# when the host reboots (with --keep-unit it does not do that by itself); any other status is the end: shut down, or power cut.
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
