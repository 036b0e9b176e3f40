# shellcheck shell=sh disable=SC2034,SC2154
# The folder $brought records what kuafu brought to a host; a part of all scripts that write or read it. LC_ALL is C.

# record_of PATH: `record` is the beginning of the names of all records of PATH: for /opt/shop it is opt%shop. A path with a %
# in it, or one that is not usable as a file name, has its digest. Called often, so it starts a process only if it must.
record_of() {
  left=${1#/} record=
  case $left in
  *%*) left='' ;;
  *) [ ${#left} -le 200 ] || left='' ;;
  esac
  if [ -z "$left" ]; then
    left=$(printf %s "$1" | sha256sum)
    record=$brought/%${left%% *}
    return
  fi
  while [ "$left" != "${left#*/}" ]; do
    record=$record${left%%/*}% left=${left#*/}
  done
  record=$brought/$record$left
}

# end_switches WORDS...: the switch of each path of WORDS (.PATH, as tar has them) is over. With one rm: a path that is in place and
# still has its switch record is settled as such.
end_switches() {
  for word in "$@"; do
    shift
    case $word in --*) continue ;; esac
    record_of "${word#.}"
    set -- "$@" "$record%given" "$record%new" "$record%switch"
  done
  rm -f -- "$@"
}
