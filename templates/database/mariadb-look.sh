#!/bin/sh
# mariadb-look.sh SECONDS [TABLE STATEMENT]...: what the MariaDB server of this host answers; a statement may take so long.
. ./ask.sh
shift
while [ $# -gt 0 ]; do
  ask "$1" "$2"
  shift 2
done
echo end
