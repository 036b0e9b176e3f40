#!/bin/sh
# mariadb-look.sh SECONDS: the state of the MariaDB server of this host; a statement may take so long.
. ./ask.sh
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
