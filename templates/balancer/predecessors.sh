#!/bin/sh
# Prints the process ids of HAProxys that end their last requests since a reload: those that this one was told to
# replace (-sf, -st) and that are still there. Exit 64: this one cannot be seen from here.
set -u
pid=$1
case $(cat "/proc/$pid/comm" 2>/dev/null) in haproxy*) ;; *) exit 64 ;; esac
isOld=no
# By a pipe: a here document is a file in TMPDIR to some shells, and this only reads.
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
