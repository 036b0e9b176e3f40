#!/bin/sh
# Prints the process ids of the HAProxys that still end their last requests after a reload: those that this process was told
# to replace (-sf, -st) and that are still there. Exit 64: the process cannot be seen from here.
set -u
pid=$1
case $(cat "/proc/$pid/comm" 2>/dev/null) in haproxy*) ;; *) exit 64 ;; esac
isOld=no
# Through a pipe: for a here document some shells write a file in TMPDIR, and this script only reads.
tr '\0' '\n' <"/proc/$pid/cmdline" | while IFS= read -r word || [ -n "$word" ]; do
  case $word in
    -sf | -st) isOld=yes ;;
    *[!0-9]* | '') isOld=no ;;
    *)
      if [ "$isOld" = yes ]; then
        case $(cat "/proc/$word/comm" 2>/dev/null) in haproxy*) echo "$word" ;; esac
      fi
      ;;
  esac
done
