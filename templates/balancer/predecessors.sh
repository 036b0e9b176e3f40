#!/bin/sh
# Prints the process ids of the HAProxys that still end their last requests after a reload: those that this process was told
# to replace (-sf, -st) and that are still there. Exit 64: the process cannot be seen from here.
set -u
pid=$1
# is_haproxy PID: read by the shell itself, so it fails only where there is no such process.
is_haproxy() {
  { read -r comm <"/proc/$1/comm"; } 2>/dev/null || return 1
  case $comm in haproxy*) ;; *) return 1 ;; esac
}
is_haproxy "$pid" || exit 64
isOld=no
words=$(tr '\0' '\n' <"/proc/$pid/cmdline") || exit 64
# Through a pipe: for a here document some shells write a file in TMPDIR, and this script only reads.
printf '%s\n' "$words" | while IFS= read -r word || [ -n "$word" ]; do
  case $word in
    -sf | -st) isOld=yes ;;
    *[!0-9]* | '') isOld=no ;;
    *)
      if [ "$isOld" = yes ]; then
        ! is_haproxy "$word" || echo "$word"
      fi
      ;;
  esac
done
