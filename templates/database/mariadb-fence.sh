#!/bin/sh
# mariadb-fence.sh: ends the MariaDB server of this host at once, and starts it read-only. Prints `read-only` when it says so
# itself, or `stopped` when it is ended and does not start; else it fails, and a sentence says why. It waits as long as it has
# to: whoever runs it ends it.
#
# It is ended by kill -9 alone. A clean stop, a KILL of a session, and switching semi-synchronous replication off each commit or
# acknowledge transactions that wait for a replica.
. ./fence-file.sh
umask 022
[ -n "$file" ] || no 'this host has no folder /etc/mysql/mariadb.conf.d or /etc/my.cnf.d'
loaded=$(systemctl show -p LoadState --value "$unit") || no 'systemd does not answer'
[ "$loaded" = loaded ] || no "this host has no $unit"

# Linked into place, so that a file of a person is never overwritten.
was_there=no
if is_there; then
  is_ours || no "$file is not a file of kuafu: look at it, and take it away"
  was_there=yes
else
  new=$folder/.zz-kuafu-fence.new
  if ! {
    rm -f -- "$new" &&
      printf '%s\n[mariadbd]\nread_only=1\ninit_rpl_role=SLAVE\n' "$mark" > "$new" &&
      sync -- "$new" && ln -- "$new" "$file" && rm -f -- "$new" && sync -- "$folder"
  }; then no "$file cannot be written"; fi
fi
mode=$(by_files read_only) || no 'what its files say could not be read'
role=$(by_files init_rpl_role) || no 'what its files say could not be read'
if [ "$mode" != 1 ] || [ "$role" != slave ]; then
  no "another file of the server is read after $file, and says otherwise"
fi

# An answer that is no number is none: nothing is concluded from it.
main() {
  pid=$(systemctl show -p MainPID --value "$unit") || return
  case $pid in '' | *[!0-9]*) return 1 ;; esac
}
# A process that has ended, and whose parent has not heard of it, is a zombie.
is_alive() {
  [ -d "/proc/$1" ] || return
  stat=$(cat "/proc/$1/stat" 2> /dev/null) || return 0
  case ${stat##*) } in [ZX]*) return 1 ;; esac
}
main || no 'systemd does not say which process the server is'
ended=$pid
state=$(systemctl show -p ActiveState --value "$unit") || no 'systemd does not answer'
# An earlier try has killed it, and it recovers: to kill it again would begin that anew, and it would never end.
if [ "$was_there" = yes ] && [ "$state" = activating ]; then recovers=yes; else recovers=no; fi
if [ "$recovers" = no ] && [ "$ended" != 0 ]; then
  systemctl kill -s KILL "$unit" || ! is_alive "$ended" || no 'it cannot be killed'
  # Until systemd knows it too.
  while is_alive "$ended" || ! main || [ "$pid" = "$ended" ]; do sleep 0.02; done
fi

if [ "$recovers" = no ]; then
  systemctl reset-failed "$unit" 2> /dev/null
  # Not `start`, which waits for the pause before a restart of systemd's own (RestartSec). What it stops was begun with the file.
  systemctl restart --no-block "$unit" || no "$unit cannot be started"
fi
answer() { timeout -k 1 3 mariadb --batch --skip-column-names --connect-timeout=3 --execute 'SELECT @@global.read_only' 2> /dev/null; }
# One that systemd knows nothing of.
is_any_alive() {
  for name in /proc/[0-9]*/comm; do
    read -r comm 2> /dev/null < "$name" || continue
    case $comm in mariadbd | mysqld) return ;; esac
  done
  return 1
}
until seen=$(answer) && [ -n "$seen" ]; do
  state=$(systemctl show -p ActiveState --value "$unit") || state=unknown
  if [ "$state" = failed ] && ! is_any_alive; then echo stopped; exit; fi
  sleep 0.05
done
[ "$seen" = 1 ] || no "it takes writes, though $file says read_only=1"
echo read-only
