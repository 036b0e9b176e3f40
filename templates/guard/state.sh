#!/bin/sh
# shellcheck disable=SC2154 # the script that includes this sets mark and folder
# shellcheck disable=SC2034 # that script uses what is read
# state.sh: included by the scripts of the guard, which set $mark and $folder: their answers, and the generation of the device.
say() { printf '%s %s\n' "$mark" "$*" >&2; }
fail() { say "failed $*"; exit 74; }

# A device that nobody has claimed yet is at generation 0, closed.
read_state() {
  number=0 id=- phase=closed operation=-
  [ -e "$folder/state" ] || return 0
  # A line without its end was not written by us.
  if read -r number id phase operation < "$folder/state"; then
    case $number in '' | *[!0-9]*) ;; *) return 0 ;; esac
  fi
  fail "$folder/state is damaged: look at it, and remove it once nothing is running for this device"
}
