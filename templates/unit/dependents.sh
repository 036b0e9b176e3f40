#!/bin/sh
# The units that depend on a unit. Unit names have no blank and no shell pattern (systemd.unit(5)); if a name has a backslash,
# systemctl puts the name in quotes and doubles the backslash. Every function fails if a program fails that it asks: no answer
# is not the answer that there are none. So a caller assigns what it prints, for set -e sees the status of an assignment.
MOST_UNITS=500

is_unit_name() {
  case $1 in *[!A-Za-z0-9:_.@\\-]*) return 1 ;; *.*) ;; *) return 1 ;; esac
  case ${1##*.} in *[!a-z]*) return 1 ;; esac
}

# Units that depend on unit $2 by the properties $1, and units that depend on these, one a line. $3 = down: only units that
# are down.
hanging() {
  set -f
  found=$2
  next=$2
  count=0
  while [ -n "$next" ]; do
    # shellcheck disable=SC2086 # several names
    shown=$(systemctl show --property="$1" -- $next) || return 1
    names=$(printf '%s\n' "$shown" | sed -e 's/^[A-Za-z]*=//' -e 's/"//g' -e 's/\\\\/\\/g') || return 1
    next=''
    for each in $names; do
      is_unit_name "$each" || continue
      case " $found " in *" $each "*) continue ;; esac
      count=$((count + 1))
      if [ "$count" -gt "$MOST_UNITS" ]; then
        echo "more than $MOST_UNITS units hang on $2" >&2
        return 1
      fi
      found="$found $each"
      next="$next $each"
    done
    # shellcheck disable=SC2086
    if [ "${3-}" = down ]; then next=$(those down $next) || return 1; fi
    # shellcheck disable=SC2086
    [ -z "$next" ] || printf '%s\n' $next
  done
}

# The units that are stopped when unit $1 is stopped.
dependents() { hanging RequiredBy,RequisiteOf,BoundBy,ConsistsOf,PropagatesStopTo "$1"; }

# The units that are started with unit $1 if they are not up.
requirements() { hanging Requires,BindsTo,Wants "$1" down; }

# Of these units, $1 = up: those that are up or starting; $1 = down: the others. systemctl prints a state for each one; its
# status only says whether all of them run.
those() {
  wanted=$1
  shift
  [ $# -gt 0 ] || return 0
  states=$(systemctl is-active -- "$@") || :
  for state in $states; do
    case $state in
    active | reloading | refreshing | activating | maintenance) is=up ;;
    *) is=down ;;
    esac
    [ $# -gt 0 ] || return 1
    [ "$is" != "$wanted" ] || printf '%s\n' "$1"
    shift
  done
  [ $# -eq 0 ] || { echo 'systemctl did not tell the states of all units' >&2; return 1; }
}

# The record of the units that were stopped with unit $1: the run that was stopped, then the units, one a line. It survives
# the end of kuafu, but not a reboot of the host.
DOWN=/run/kuafu/down
down_with() { [ ! -e "$DOWN/$1" ] || tail -n +2 -- "$DOWN/$1"; }

# Which recorded units stay in the record when run $2 of unit $1 is stopped. If an earlier kuafu, which has ended, began to
# stop this run: all of them. Otherwise the failed ones: they did not come up again, although no operator stopped them.
still_down() {
  [ -e "$DOWN/$1" ] || return 0
  stopped=$(head -n 1 -- "$DOWN/$1") || return 1
  recorded=$(down_with "$1") || return 1
  set -f
  for each in $recorded; do
    if [ "$stopped" = "$2" ] || systemctl is-failed --quiet -- "$each"; then printf '%s\n' "$each"; fi
  done
}

# Records which units will be stopped when run $2 of unit $1 is stopped.
remember() {
  umask 077
  names=$(dependents "$1") || return 1
  # shellcheck disable=SC2086 # several names
  up=$(those up $names) || return 1
  still=$(still_down "$1" "$2") || return 1
  # shellcheck disable=SC2086 # several names
  [ -z "$up$still" ] || up=$(printf '%s\n' $up $still | sort -u) || return 1
  if [ -z "$up" ]; then
    rm -f -- "$DOWN/$1"
    return 0
  fi
  mkdir -p -- "$DOWN"
  printf '%s\n' "$2" "$up" > "$DOWN/.new.$$"
  mv -f -- "$DOWN/.new.$$" "$DOWN/$1"
}
