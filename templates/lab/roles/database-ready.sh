#!/bin/sh
# database-ready.sh primary|replica PEER: gives a new server its accounts and its first role. Later the roles are what
# operators have made of them; only a primary that was restarted, and so is read-only, is made to accept writes again. Fails
# until it is done.
set -eu
role=$1 peer=$2
made=/var/lib/mysql/lab-made

sql() { mariadb --skip-column-names --execute "$1"; }
peer_sql() { mariadb --host="$peer" --user=ops --password=ops --connect-timeout=3 --skip-column-names --execute "$1"; }

sql 'SELECT 1' > /dev/null
if [ ! -e "$made" ]; then
  sql "SET sql_log_bin=0;
    CREATE USER IF NOT EXISTS repl@'%' IDENTIFIED BY 'repl';
    GRANT REPLICATION SLAVE, BINLOG MONITOR, REPLICA MONITOR ON *.* TO repl@'%';
    CREATE USER IF NOT EXISTS ops@'%' IDENTIFIED BY 'ops';
    GRANT ALL ON *.* TO ops@'%' WITH GRANT OPTION;
    CREATE USER IF NOT EXISTS app@'%' IDENTIFIED BY 'app';
    GRANT SELECT, INSERT, UPDATE, DELETE ON shop.* TO app@'%';"
  if [ "$role" = primary ]; then
    sql 'CREATE DATABASE IF NOT EXISTS shop; SET GLOBAL read_only=0;'
  else
    sql "STOP SLAVE; CHANGE MASTER TO master_host='$peer', master_user='repl', master_password='repl',
      master_use_gtid=slave_pos, master_connect_retry=2, master_heartbeat_period=2; START SLAVE;"
    peer_sql 'SET GLOBAL rpl_semi_sync_master_enabled=1'
  fi
  sync
  touch "$made"
fi

own_status=$(sql 'SHOW SLAVE STATUS')
if [ -n "$own_status" ]; then exit 0; fi
peer_status=$(peer_sql 'SHOW SLAVE STATUS' || true)
if [ -n "$peer_status" ]; then sql 'SET GLOBAL rpl_semi_sync_master_enabled=1, GLOBAL read_only=0'; fi
