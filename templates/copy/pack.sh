#!/bin/sh
# pack.sh CODEC SIZE RATE TAR_ARGUMENTS...: the packed archive of a tree on standard output. The first SIZE bytes are sent at
# most at RATE bytes a second, 0 for no limit; an archive longer than SIZE is another tree.
export LC_ALL=C
codec=$1 size=$2 rate=$3
shift 3
. ./archive-into.sh

# At most PIECE bytes in PAUSE seconds, as in feed.sh.
pace() {
  piece=$((rate / 4)) pause=0.25 block=65536
  if [ "$piece" -eq 0 ]; then piece=$rate pause=1; fi
  if [ "$piece" -lt "$block" ]; then block=$piece; fi
  exec 5>&1
  while [ "$size" -gt 0 ]; do
    [ "$piece" -le "$size" ] || piece=$size
    sleep "$pause" > /dev/null 2>&1 3>&- 4>&- 5>&- &
    moved=$(dd bs="$block" count="$piece" iflag=fullblock,count_bytes 2>&1 >&5) || return
    case $moved in *'
0 bytes '*) return ;; esac
    size=$((size - piece))
    wait $!
  done
  cat
}

compress_slowly() { compress | pace; }

if [ "$rate" -gt 0 ]; then archive_into compress_slowly "$@"; else archive_into compress "$@"; fi
