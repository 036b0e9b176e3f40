#!/bin/sh
# A part of scripts that ask the MariaDB server of this host. They print lines `TABLE ROW`; the first row of a table names its
# columns. In batch mode the client separates columns by tabs, and writes tabs, line ends and backslashes of a value as \t, \n
# and \\ (https://mariadb.com/kb/en/mariadb-command-line-client/, --batch), so a value cannot look like a row. The last line is
# `end`. The client logs in as its own option files say, by default as root through the socket.
export LC_ALL=C
seconds=$1
# More than any answer needs: the server of a hostile host may print without end.
most=1000000
ask() {
  rows=$({ timeout -k 1 "$seconds" mariadb --batch --connect-timeout="$seconds" --execute "$2"; echo "ended $?"; } |
    head -c "$most")
  case $rows in
  'ended 0') rows= ;;
  *'
ended 0') rows=${rows%?ended 0} ;;
  *) exit 69 ;;
  esac
  printf '%s\n' "$rows" | sed "s/^/$1 /" || exit
}
