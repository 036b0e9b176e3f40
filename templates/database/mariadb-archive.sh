#!/bin/sh
# mariadb-archive.sh NAME POSITION MOST: writes the transactions that the log of this host's MariaDB server has behind POSITION,
# a list of GTIDs, to a file with that NAME, rows in words. Prints `PATH BYTES SHA256`. A file of MOST bytes or more is refused.
export LC_ALL=C
umask 077
most=$3 folder=/var/lib/kuafu/errant
no() { printf '%s\n' "$*" >&2; exit 69; }
mkdir -p -- "$folder" || no "$folder cannot be made"
file=$folder/$1 new=$folder/.$1.new
first=$(timeout -k 1 10 mariadb --batch --skip-column-names --connect-timeout=5 --execute 'SHOW BINARY LOGS' | head -n 1 | cut -f 1)
[ -n "$first" ] || no 'its server does not say which logs it has'
rm -f -- "$new"
# The server finds the place in its logs by itself. Statements are shown as they are, rows as comments.
{
  timeout -k 1 240 mariadb-binlog --read-from-remote-server --base64-output=decode-rows --verbose \
    --start-position="$2" --to-last-log -- "$first" 2> "$new.said"
  echo "ended $?" > "$new.end"
} | head -c "$most" > "$new"
end=$(cat "$new.end") said=$(tail -c 500 "$new.said")
rm -f -- "$new.end" "$new.said"
size=$(wc -c < "$new")
fail() { rm -f -- "$new"; no "$*"; }
[ "$size" -lt "$most" ] || fail "there are more than $most bytes of them"
[ "$end" = 'ended 0' ] || fail "mariadb-binlog $end: $said"
if ! { sync -- "$new" && mv -f -- "$new" "$file" && sync -- "$folder"; }; then no "$file cannot be written"; fi
sum=$(sha256sum < "$file") || no "$file cannot be read"
printf '%s %s %s\n' "$file" "$size" "${sum%% *}"
