#!/bin/sh
# mariadb-threads.sh SECONDS: the threads by which the MariaDB server of this host replicates; a statement may take SECONDS.
. ./ask.sh
ask threads 'SHOW ALL SLAVES STATUS'
echo end
