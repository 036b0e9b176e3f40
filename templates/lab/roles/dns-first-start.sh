#!/bin/sh
# dns-first-start.sh DATABASE ZONE FILE: makes the database of an authority with one zone in it, unless it exists. If a first
# start was cut off, the database is made again.
set -eu
database=$1 zone=$2 file=$3

if [ -e "$database.made" ]; then exit 0; fi
rm -f "$database"
sqlite3 "$database" < /usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql
pdnsutil load-zone "$zone" "$file"
chown -R pdns: "$(dirname "$database")"
sync
touch "$database.made"
