#!/bin/sh
# shellcheck disable=SC2034 # the scripts that include this use what it sets
# A part of the scripts of a fence: the file by which the MariaDB server of this host starts read-only. As a replica
# (init_rpl_role) a server that was killed drops what no replica has acknowledged, rather than commit it when it starts.
export LC_ALL=C
unit=mariadb.service
mark='# kuafu: a fence. This server starts read-only until kuafu db rejoin, or a switch to it by kuafu, takes this file away.'
folder='' file=''
for place in /etc/mysql/mariadb.conf.d /etc/my.cnf.d; do
  if [ -d "$place" ]; then folder=$place file=$place/zz-kuafu-fence.cnf; break; fi
done
no() { printf '%s\n' "$*" >&2; exit 69; }
is_ours() { [ -f "$file" ] && [ ! -L "$file" ] && IFS= read -r first < "$file" && [ "$first" = "$mark" ]; }
is_there() { [ -e "$file" ] || [ -L "$file" ]; }
# What the files say last, as the server reads them: `1`, or whatever else stands there.
by_files() {
  options=$(my_print_defaults --mysqld) || return
  printf '%s\n' "$options" | tr '[:upper:]-' '[:lower:]_' | sed -n "s/^__\(loose_\)\{0,1\}$1=//p" | tail -n 1
}
