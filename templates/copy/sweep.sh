# shellcheck shell=sh disable=SC2034
# A part of scripts: what operations that were cut off left on this host. Needs umask 077.
spools=/var/lib/kuafu

# Only a folder of ours with a name of ours, checked without following links, on the file system of the spools.
is_spool() {
  if [ -L "$1" ] || ! [ -d "$1" ]; then return 1; fi
  seen=$(stat -c '%F %u %a %d' -- "$1" 2>/dev/null) && me=$(id -u) && on=$(stat -c %d -- "$spools") &&
    [ "$seen" = "directory $me 700 $on" ]
}

# The folder of all spools: it is ours, and no other account may move what is in it.
open_spools() {
  [ -e "$spools" ] || mkdir -p -- "$spools"
  seen=$(stat -c '%F %u %A' -- "$spools") && me=$(id -u) || return 1
  case $seen in
  "directory $me "d????-??-? | "directory $me "d????????[tT]) ;;
  *)
    echo "$spools is not a folder of account $me that nobody else can write to" >&2
    return 1 ;;
  esac
}

# make_spool SPOOL: a folder of this process alone. A script that ends removes the folder of all spools if it is empty
# (records.sh), and may do so between the two steps.
make_spool() {
  for _ in 1 2 3; do
    if { open_spools && mkdir -- "$1"; } 2>/dev/null; then return; fi
  done
  open_spools && mkdir -- "$1"
}

# is_silent SPOOL MINUTES: it was made longer ago, and there was no beat since.
is_silent() {
  young=$(cd -- "$1" && find . -maxdepth 1 \( -name . -o -name beat \) ! -mmin "+$2") && [ -z "$young" ]
}

# sweep [MINUTES]: removes spools of operations; with MINUTES only spools without a beat for so long. Other file systems are
# left alone.
sweep() {
  for found in "$spools"/[0-9][0-9][0-9][0-9][0-9][0-9]-[0-9a-z][0-9a-z][0-9a-z][0-9a-z].*; do
    is_spool "$found" || continue
    [ -z "${1-}" ] || is_silent "$found" "$1" || continue
    rm -rf --one-file-system -- "$found"
  done
}

# sweep_operation ID: removes what one operation left, if it will not be resumed.
sweep_operation() {
  for found in "$spools/$1".*; do
    if is_spool "$found"; then rm -rf --one-file-system -- "$found"; fi
  done
  set_keys "$1\\.[0-9a-f]*"
}

# set_keys OF [LINE]: authorized_keys without our lines that end in the pattern OF, and with LINE. The new file is renamed
# into place, so that every other key works all the time.
set_keys() {
  if [ -n "${2-}" ]; then
    [ -d "$HOME/.ssh" ] || mkdir -p -- "$HOME/.ssh" || return 1
  else
    [ -e "$HOME/.ssh/authorized_keys" ] || return 0
    lacks=0
    grep -q " kuafu-$1\$" -- "$HOME/.ssh/authorized_keys" || lacks=$?
    [ "$lacks" -ne 1 ] || return 0
  fi
  keys=$(readlink -f -- "$HOME/.ssh/authorized_keys") && [ -n "$keys" ] || return 1
  [ -e "$keys" ] || : > "$keys" || return 1
  new=$keys.kuafu-$$
  cp -p -- "$keys" "$new" && # its owner and mode
    sed "\\|^restrict,command=\"sh $spools/.* kuafu-$1\$|d" -- "$keys" > "$new" &&
    # the last line may lack its line end
    { [ -z "${2-}" ] || end_line "$new"; } &&
    printf '%s' "${2-}" >> "$new" && mv -f -- "$new" "$keys" && return
  rm -f -- "$new"
  return 1
}

end_line() { last=$(tail -c 1 -- "$1") && { [ -z "$last" ] || echo >> "$1"; }; }

any_operation='[0-9]\{6\}-[a-z0-9]\{4\}\.[0-9a-f]*'
