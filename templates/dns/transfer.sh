#!/bin/sh
# Prints all records of a zone, from the server of this host: transfer.sh ADDRESS PORT ZONE KEY ALGORITHM
#
# The secret of the key is the only line on standard input: every account can see a command line. The zone is complete if its
# SOA record stands at the begin and at the end (RFC 5936, 2.2). Exit 64: this host has no dig.
set -u
command -v dig >/dev/null || exit 64
IFS= read -r secret || exit 65
printf 'key "%s" { algorithm %s; secret "%s"; };\n' "$4" "$5" "$secret" |
  dig +noall +answer +time=10 +tries=1 -k /dev/stdin -p "$2" "@$1" "$3." AXFR
