#!/bin/sh
# mariadb-fence.sh: ends the MariaDB server of this host at once, and starts it read-only. Prints `read-only` when it says so
# itself, or `stopped` when it is ended and does not start; else it fails, and a sentence says why.
#
# It is ended by kill -9 alone. A clean stop, a KILL of a session, and switching semi-synchronous replication off each commit or
# acknowledge transactions that wait for a replica.
. ./fence-file.sh
umask 022
[ -n "$file" ] || no 'this host has no folder /etc/mysql/mariadb.conf.d or /etc/my.cnf.d'
[ "$(systemctl show -p LoadState --value "$unit")" = loaded ] || no "this host has no $unit"

# Linked into place, so that a file of a person is never overwritten.
if is_there; then
  is_ours || no "$file is not a file of kuafu: look at it, and take it away"
else
  new=$folder/.zz-kuafu-fence.new
  if ! {
    rm -f -- "$new" &&
      printf '%s\n[mariadbd]\nread_only=1\ninit_rpl_role=SLAVE\n' "$mark" > "$new" &&
      sync -- "$new" && ln -- "$new" "$file" && rm -f -- "$new" && sync -- "$folder"
  }; then no "$file cannot be written"; fi
fi
if [ "$(by_files read_only)" != 1 ] || [ "$(by_files init_rpl_role)" != slave ]; then
  no "another file of the server is read after $file, and says otherwise"
fi

main() { systemctl show -p MainPID --value "$unit"; }
is_alive() { [ "$1" != 0 ] && readlink "/proc/$1/exe" > /dev/null 2>&1; }
ended=$(main)
systemctl kill -s KILL "$unit" 2> /dev/null
# Until systemd knows it too: a start before that does nothing.
while is_alive "$ended" || { [ "$ended" != 0 ] && [ "$(main)" = "$ended" ]; }; do sleep 0.02; done

systemctl reset-failed "$unit" 2> /dev/null
# Not `start`, which waits for the pause before a restart of systemd's own (RestartSec). Whatever this stops was begun with the file.
systemctl restart --no-block "$unit" || no "$unit cannot be started"
mode() { timeout -k 1 3 mariadb --batch --skip-column-names --connect-timeout=3 --execute 'SELECT @@global.read_only' 2> /dev/null; }
until seen=$(mode) && [ -n "$seen" ]; do
  if [ "$(systemctl show -p ActiveState --value "$unit")" = failed ] && [ "$(main)" = 0 ]; then echo stopped; exit; fi
  sleep 0.05
done
[ "$seen" = 1 ] || no "it takes writes, though $file says read_only=1"
echo read-only
