# shellcheck shell=sh disable=SC2034,SC2154
# What kuafu brought to a host is written down in the folder $brought; a part of all that writes or reads that. LC_ALL is C.

# record_of PATH: `record` is what all names of records of PATH begin with: that of /opt/shop is opt%shop. A path with a % of its
# own, or one that makes no name of a file, has its digest. Called often, so it starts no process where it need not.
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
