#!/bin/sh
# relay.sh SPOOL: takes the rest of an archive on standard input, as the key of an operation allows another host to send it.
sh "$1/receive" || { status=$?; cat -- "$1/words" >&2; exit "$status"; }
