#!/bin/sh
# member.sh SPOOL ROLE SIZE RATE SOURCES CODEC [TAR_ARGUMENTS...]: one host of a copy chain, while the chain is at work.
#
# SPOOL: /var/lib/kuafu/OPERATION.ATTEMPT, a folder of this process alone. ROLE receiver: what arrives is kept there in
# `part`, digested, and given on while it grows. ROLE template: packs the archive (CODEC, TAR_ARGUMENTS) each time it is
# asked for it. SIZE: bytes of the archive. RATE: bytes given on in a second, 0 for no limit. SOURCES: addresses from which a
# receiver may be fed, as authorized_keys has them.
#
# The controller talks on standard input, a line at a time:
#   key BASE64            private key of the operation        public TYPE KEY    and its public half; then it is ready
#   beat                  sign of life                        halt NAME          stop feeding NAME
#   feed NAME USER ADDRESS PORT TYPE KEY                      give the archive to host NAME, which has this host key
#   size                  how much is here? (template: how much was given?)
# and is told on standard output:
#   ready                 N bytes                             sum DIGEST
#   gave NAME N           so much of the archive went into the link to NAME (template)
#   fed NAME STATUS TEXT  the link to NAME is over; 255: no login, or it broke; 254: it could not be packed here
#   broken TEXT           the archive cannot be kept here     unable TEXT        no other host can be let in here
#
# If standard input ends, or no line comes for 20 seconds, everything that was put here is removed again, also if this shell
# was killed. The key is valid for a minute and renewed while the archive is on its way; with the last byte it is removed.
set -u
umask 077
export LC_ALL=C
spool=$1 role=$2 size=$3 rate=$4 sources=$5 codec=$6
shift 6
operation=${spool##*/} mark=kuafu-${spool##*/}
silent_s=20 key_lives_s=60 renew_s=20
exec 3>&1

. ./sweep.sh
. ./feed.sh

# A receiver belongs to one operation at a time. A template may serve several operations; each of them sends beats.
if [ "$role" = receiver ]; then sweep; else sweep 10; fi
make_spool "$spool" && cd "$spool" || exit 1

piece=$((rate / 4)) pause=0.25 block=65536
if [ "$rate" -gt 0 ] && [ "$rate" -lt 4 ]; then piece=$rate pause=1; fi
# With a low rate limit the blocks are small, so that the receiver sees progress.
if [ "$piece" -gt 0 ] && [ "$piece" -lt "$block" ]; then block=$piece; fi

# When the key expires. sshd reads the time in its own time zone, which may differ from that of root's shell; from OpenSSH 9.1
# on a Z means UTC (release notes; sshd(8), expiry-time). Before 9.1 it is most likely the zone of the system.
expiry() {
  case $(ssh -V 2>&1) in
  OpenSSH_[0-8].* | OpenSSH_9.0*) env -u TZ date -d "+$key_lives_s seconds" +%Y%m%d%H%M%S ;;
  *) date -u -d "+$key_lives_s seconds" +%Y%m%d%H%M%SZ ;;
  esac
}

# Seconds that do not change when a clock is set (proc(5), uptime); reading them starts no process.
read_clock() {
  read -r clock_s _ < /proc/uptime
  clock_s=${clock_s%.*}
}

authorize() {
  until=$(expiry) &&
    set_keys "$any_operation" \
      "restrict,command=\"sh $spool/receive\",from=\"$sources\",expiry-time=\"$until\" $public $mark
"
}

renew() {
  authorize || return
  read_clock
  renewed=$clock_s
}

revoke() {
  renewed=-1
  [ "$role" = template ] || set_keys "${operation%.*}\\.${operation##*.}" 2>/dev/null
}

end() {
  trap '' TERM HUP INT
  revoke
  stop_receiver
  cd /
  rm -rf --one-file-system -- "$spool"
  kill -TERM 0
}

stop_receiver() {
  { read -r pid < receiver; } 2>/dev/null || return 0
  # When our process is long gone, another process may have its id.
  at=$(readlink "/proc/$pid/cwd") && [ "$at" = "$spool" ] && kill "$pid" 2>/dev/null
}

open_part() {
  : > part && printf '%512s\n' '' > words || return 1
  {
    printf "spool='%s' size=%s block=%s\n" "$spool" "$size" "$block"
    cat <<'RECEIVE'
. ./receive.sh
RECEIVE
  } > receive
}

digest() {
  sum=$(tail -c +1 -f -s 0.05 --pid=$$ part 2>/dev/null |
    dd bs=131072 iflag=fullblock,count_bytes count="$size" status=none | b2sum)
  : > whole
  echo "sum ${sum%% *}" >&3
}

# Says that it is ready, or why not. A receiver that other hosts may not feed is of no use.
open_member() {
  if [ "$role" = receiver ]; then
    open_part || return 1
    if ! reason=$(authorize 2>&1); then
      echo "unable authorized_keys cannot be changed: $(printf %s "$reason" | tail -n 1 | cut -c 1-300)" >&3
      return 1
    fi
    read_clock
    renewed=$clock_s
    digest &
  fi
  echo ready >&3
}

tell_size() {
  if [ "$role" = template ]; then
    tell_given
    return
  fi
  stat -c '%s bytes' part >&3
  while read -r said; do
    case $said in
    '' | 'ERROR: ld.so: object '*) ;; # of a library for /etc/ld.so.preload that is not there: nothing is lost by that
    *) echo "broken $said" >&3 && break ;;
    esac
  done < words
}

# Ends the member if no line comes any more, and cleans up after a shell that was killed.
watch() {
  while sleep "$silent_s"; do
    [ "$(readlink "/proc/$$/cwd")" = "$spool" ] || end
    [ -n "$(find beat -newer looked)" ] || kill -TERM $$
    : > looked
  done
}

renewed=-1
trap end TERM HUP INT
: > looked
: > beat
watch 3>&- &
echo # ends what a shell printed at login
while IFS=' ' read -r verb a b c d e f; do
  : > beat
  case $verb in
  key) printf %s "$a" | base64 -d > key ;;
  public)
    public="$a $b"
    open_member || break ;;
  feed)
    halt "$a"
    feed "$a" "$b" "$c" "$d" "$e" "$f" "$@" &
    echo $! > "feeder-$a" ;;
  halt) halt "$a" ;;
  size) tell_size ;;
  esac
  if [ "$renewed" -lt 0 ]; then continue; fi
  read_clock
  if [ -e whole ]; then revoke
  elif [ $((clock_s - renewed)) -ge "$renew_s" ]; then renew; fi
done
end
