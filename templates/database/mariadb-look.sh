#!/bin/sh
# mariadb-look.sh SECONDS: the state of the MariaDB server of this host, as lines `TABLE ROW`. The first row of a table
# names its columns. In batch mode the client separates columns by tabs, and writes tabs, line ends and backslashes of a value
# as \t, \n and \\ (https://mariadb.com/kb/en/mariadb-command-line-client/, --batch), so a value cannot look like a row. The
# last line is `end`. The client logs in as its own option files say, by default as root through the socket.
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
ask variables "SHOW GLOBAL VARIABLES WHERE Variable_name IN
  ('version', 'server_id', 'read_only', 'gtid_binlog_state', 'gtid_slave_pos', 'rpl_semi_sync_master_enabled')"
ask status "SHOW GLOBAL STATUS WHERE Variable_name IN ('Rpl_semi_sync_master_status', 'Rpl_semi_sync_master_clients')"
ask replication 'SHOW ALL SLAVES STATUS'
# Sessions of clients: no threads of the server, no replicas, not this one.
ask clients "SELECT USER AS user, REGEXP_REPLACE(HOST, ':[0-9]+\$', '') AS address, COUNT(*) AS sessions
  FROM information_schema.PROCESSLIST
  WHERE USER <> 'system user' AND COMMAND <> 'Daemon' AND COMMAND NOT LIKE 'Binlog Dump%' AND ID <> CONNECTION_ID()
  GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 1000"
echo end
