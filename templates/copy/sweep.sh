# shellcheck shell=sh disable=SC2034
# A part of scripts: what operations that were cut off left on this host. Needs umask 077.
spools=/var/lib/kuafu

# Only a folder of ours with a name of ours, checked without following links, on the file system of the spools.
is_spool() {
  if [ -L "$1" ] || ! [ -d "$1" ]; then return 1; fi
  [ "$(stat -c '%F %u %a %d' -- "$1" 2>/dev/null)" = "directory $(id -u) 700 $(stat -c %d -- "$spools")" ]
}

# The folder of all spools: it is ours, and no other account may move what is in it.
open_spools() {
  [ -e "$spools" ] || mkdir -p -- "$spools"
  case $(stat -c '%F %u %A' -- "$spools") in
  "directory $(id -u) "d????-??-? | "directory $(id -u) "d????????[tT]) ;;
  *)
    echo "$spools is not a folder of $(id -un) that nobody else can write to" >&2
    return 1 ;;
  esac
}

# sweep [MINUTES]: removes spools of operations; with MINUTES only spools without a beat for so long. Other file systems are
# left alone.
sweep() {
  for found in "$spools"/[0-9][0-9][0-9][0-9][0-9][0-9]-[0-9a-z][0-9a-z][0-9a-z][0-9a-z].*; do
    is_spool "$found" || continue
    [ -z "${1-}" ] || [ -n "$(find "$found" -maxdepth 0 -mmin "+$1")" ] || continue
    [ -z "${1-}" ] || [ -z "$(find "$found/beat" -maxdepth 0 -mmin "-$1" 2>/dev/null)" ] || continue
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
    grep -q " kuafu-$1\$" -- "$HOME/.ssh/authorized_keys" 2>/dev/null || return 0
  fi
  keys=$(readlink -f -- "$HOME/.ssh/authorized_keys") && [ -n "$keys" ] || return 1
  [ -e "$keys" ] || : > "$keys" || return 1
  new=$keys.kuafu-$$
  cp -p -- "$keys" "$new" && # its owner and mode
    sed "\\|^restrict,command=\"sh $spools/.* kuafu-$1\$|d" -- "$keys" > "$new" &&
    # the last line may lack its line end
    { [ -z "${2-}" ] || [ -z "$(tail -c 1 -- "$new")" ] || echo >> "$new"; } &&
    printf '%s' "${2-}" >> "$new" && mv -f -- "$new" "$keys" && return
  rm -f -- "$new"
  return 1
}

any_operation='[0-9]\{6\}-[a-z0-9]\{4\}\.[0-9a-f]*'
