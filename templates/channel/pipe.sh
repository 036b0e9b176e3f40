#!/bin/sh
# Joins standard input and output to a socket, with a tool of this host: for hosts whose sshd forwards nothing.
#   pipe.sh tcp ADDRESS PORT | pipe.sh unix PATH
# The first line is the mark below, so that output of the login and output of the socket are told apart.
# Exit 64: this host has no tool for it. 65: the address or path cannot be valid. Otherwise the tool's exit status.
set -u

# The first of these programs that this host has.
first_of() {
  for tool in "$@"; do
    if command -v "$tool" >/dev/null 2>&1; then
      echo "$tool"
      return
    fi
  done
}

# The nc of netcat-traditional has no -U.
first_with_unix() {
  for tool in nc ncat; do
    if "$tool" -h 2>&1 </dev/null | grep -q -e '-[0-9A-Za-z]*U'; then
      echo "$tool"
      return
    fi
  done
}

begin() { echo kuafu-channel-open; }

if [ "$1" = unix ]; then
  [ -S "$2" ] || exit 65
  # Characters that socat would read as its own syntax.
  case $2 in *[!A-Za-z0-9/._-]*) exit 65 ;; esac
  tool=$(first_of socat)
  [ -n "$tool" ] || tool=$(first_with_unix)
  case $tool in
    '') exit 64 ;;
    socat) begin && exec socat -t 30 - "UNIX-CONNECT:$2" ;;
    *) begin && exec "$tool" -U "$2" ;;
  esac
fi

case $2 in -* | *[!A-Za-z0-9.:_-]*) exit 65 ;; esac
case $2 in *:*) to=TCP6:[$2]:$3 ;; *) to=TCP:$2:$3 ;; esac
tool=$(first_of socat nc ncat busybox bash)
# shellcheck disable=SC2016  # bash expands these, not this shell
case $tool in
  '') exit 64 ;;
  socat) begin && exec socat -t 30 - "$to" ;;
  busybox) begin && exec busybox nc "$2" "$3" ;;
  bash) begin && exec bash -c 'exec 3<>"/dev/tcp/$1/$2" || exit 66; cat <&3 & cat >&3; wait' bash "$2" "$3" ;;
  *) begin && exec "$tool" "$2" "$3" ;;
esac
