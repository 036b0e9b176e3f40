#!/bin/sh
# mariadb-details.sh SECONDS AGE: what a change of roles needs of the MariaDB server of this host; a statement may take SECONDS.
# `busy`: clients with a statement or a transaction that is AGE seconds old.
. ./ask.sh
age=$2
ask variables "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('log_bin', 'log_slave_updates', 'rpl_semi_sync_slave_enabled')"
ask replication 'SHOW ALL SLAVES STATUS'
ask busy "SELECT p.ID AS thread, p.USER AS user, p.HOST AS address,
    GREATEST(IF(p.COMMAND = 'Sleep', 0, p.TIME), IFNULL(TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), 0)) AS seconds,
    t.trx_id IS NOT NULL AS in_transaction, LEFT(COALESCE(p.INFO, t.trx_query, ''), 300) AS statement
  FROM information_schema.PROCESSLIST p LEFT JOIN information_schema.INNODB_TRX t ON t.trx_mysql_thread_id = p.ID
  WHERE p.USER <> 'system user' AND p.COMMAND <> 'Daemon' AND p.COMMAND NOT LIKE 'Binlog Dump%' AND p.ID <> CONNECTION_ID()
  HAVING seconds >= $age ORDER BY seconds DESC LIMIT 20"
# As the server reads them when it starts. No other option is shown: there may be passwords among them.
options=$(my_print_defaults --mysqld) || exit 69
echo 'files option'
printf '%s\n' "$options" | grep -iE '^--(loose[-_])?(skip[-_])?read[-_]only(=|$)' | sed 's/^/files /'
echo end
