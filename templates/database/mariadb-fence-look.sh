#!/bin/sh
# mariadb-fence-look.sh SECONDS: whether the MariaDB server of this host can be fenced, and how its commits wait for a replica.
# A server that does not answer can be fenced all the same, so `variables` is then empty.
. ./ask.sh
. ./fence-file.sh
state=none
if is_there; then if is_ours; then state=ours; else state=foreign; fi; fi
loaded=$(systemctl show -p LoadState --value "$unit") || no 'systemd does not answer'
printf 'fence file\tstate\tunit\n'
printf 'fence %s\t%s\t%s\n' "$file" "$state" "$loaded"
(ask variables "SHOW GLOBAL VARIABLES WHERE Variable_name LIKE 'rpl_semi_sync_%'") ||
  printf 'variables Variable_name\tValue\n'
echo end
