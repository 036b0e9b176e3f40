#!/bin/sh
# Lets a command change a device only for the operation that claimed the device last. A device is what several operations
# change: a gateway, a DNS zone at its authority, a database. Its generation is a number with an id, in a file that outlives a
# reboot. Check and effect are under one lock: once a claim has returned, no command of an older generation can have an effect.
#
#   guard.sh claim MARK DEVICE FROM NUMBER ID PHASE OPERATION   FROM: 'NUMBER ID' that it must be at, or `any` older one
#   guard.sh run   MARK DEVICE NUMBER ID COMMAND...             in a session of its own (setsid), whose leader this is
#   guard.sh close MARK DEVICE NUMBER ID
#
# The answer is one line on standard error that begins with MARK: `claimed`, `passed`, `closed`, `refused` (the
# device is at another generation, which follows) or `failed` (a sentence follows). Exit 75: refused, 74: failed; after
# `passed` the exit status is that of the command. The command must not leave processes behind: they would keep the lock.
set -u
export LC_ALL=C
umask 077
verb=$1 mark=$2 folder=/var/lib/kuafu/guard/$3
shift 3

. ./state.sh
refuse() { say "refused $number $id $phase $operation"; exit 75; }

# The folder is synced too: without that the new name may be lost in a power cut.
write_state() {
  if printf '%s\n' "$*" > "$folder/state.new" &&
    sync -- "$folder/state.new" &&
    mv -f -- "$folder/state.new" "$folder/state" &&
    sync -- "$folder"; then return; fi
  fail "$folder/state cannot be written"
}

open_folder() {
  for tool in flock setsid sync; do
    command -v "$tool" >/dev/null || fail "this host has no $tool (util-linux and coreutils have them)"
  done
  mkdir -p -- "$folder" || fail "$folder cannot be made"
}

# The lock of claims, held for the rest of this script.
lock_claims() {
  command exec 8>> "$folder/claims" || fail "$folder/claims cannot be opened"
  flock -w 10 8 || fail 'another claim of this device does not end'
}

# The lock of commands. Children of the command inherit it, so it is held as long as any of them runs.
open_lock() { command exec 9>> "$folder/lock" || fail "$folder/lock cannot be opened"; }

lock() {
  open_lock
  flock -w 20 9 || fail 'another command for this device does not end'
}

# When process $1 was started: field 22 of proc(5), /proc/PID/stat. The name of the program may hold blanks and parentheses.
born() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  echo "${20-}"
}

# Ends the command that holds the lock, with its children. dash knows no `kill -KILL -- -GROUP`.
end_holder() {
  read -r leader birth < "$folder/holder" || return 0
  case $leader in '' | *[!0-9]*) return 0 ;; esac
  if [ -d "/proc/$leader" ]; then
    [ -n "$birth" ] && now=$(born "$leader") && [ "$now" = "$birth" ] || return 0
  fi
  kill -s KILL -- "-$leader" 2>/dev/null
}

case $verb in
  claim)
    from=$1
    shift
    open_folder
    lock_claims
    read_state
    if [ "$number $id $phase $operation" != "$*" ]; then
      [ "$1" -gt "$number" ] || refuse
      [ "$from" = any ] || [ "$from" = "$number $id" ] || refuse
      write_state "$*"
    fi
    # From here on no other generation passes the check, and what passed before is ended.
    open_lock
    tries=50
    until flock -w 0.1 9; do
      [ $((tries -= 1)) -gt 0 ] || fail 'a command for this device cannot be ended'
      end_holder
    done
    say claimed ;;
  run)
    wanted="$1 $2"
    shift 2
    open_folder
    lock
    read_state
    [ "$number $id" = "$wanted" ] || refuse
    birth=$(born $$)
    [ -n "$birth" ] || fail 'this host does not say when a process began'
    echo "$$ $birth" > "$folder/holder" || fail "$folder/holder cannot be written"
    say passed
    exec "$@" ;;
  close)
    open_folder
    lock_claims
    lock
    read_state
    [ "$number $id" = "$1 $2" ] || refuse
    [ "$phase" = closed ] || write_state "$1 $2 closed $operation"
    say closed ;;
esac
