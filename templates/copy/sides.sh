# shellcheck shell=sh disable=SC2154
# The places beside PATH during a switch, PATH.kuafu-new and PATH.kuafu-old; a part of rules.sh. Anybody may put something there
# at any moment. So nothing is ever moved over it, and what is there is ours only if it is what RECORD%switch says.

# is_side SIDE PATH: what is at PATH.kuafu-SIDE is what kuafu has put there. An older kuafu left the record empty, and took
# whatever was there for its own.
is_side() {
  record_of "$2"
  if [ -e "$record%switch" ] && ! [ -s "$record%switch" ]; then exists "$2.kuafu-$1"
  else is_noted "$1" "$2" "$2.kuafu-$1"; fi
}

# note SIDE FROM PATH: records that FROM is the SIDE of PATH. It must be on the disk before anything is moved: an empty record has
# another meaning.
note() {
  identity=$(identity_of "$2")
  record_of "$3"
  {
    [ ! -s "$record%switch" ] || cat -- "$record%switch"
    printf '%s %s\n' "$1" "$identity"
  } > "$record%unfinished"
  sync -- "$record%unfinished"
  become "$record%switch"
}

# set_aside SIDE FROM PATH: moves FROM to PATH.kuafu-SIDE, and records it before. FROM is beside PATH, or on its file system where
# only root can change it.
set_aside() {
  note "$@"
  (
    enter_folder_of "$3"
    from=$2
    [ "${2%/*}" != "${3%/*}" ] || from=./${2##*/}
    to=./${3##*/}.kuafu-$1
    # Otherwise mv would copy: see rename_beside.
    device=$(stat -c %d -- "$from")
    own=$(stat -c %d .)
    [ "$device" = "$own" ] || refuse "$here was moved meanwhile"
    mv -nT -- "$from" "$to" || :
    if exists "$from" && exists "$to"; then refuse_others "$3.kuafu-$1 was not brought by kuafu"; fi
    ! exists "$from" || refuse "$2 cannot be moved to $3.kuafu-$1"
  )
}

# move FROM TO: beside each other, and only if nothing is there. mv -n ends with 0 also if it has moved nothing.
move() {
  rename_beside -n "$1" "$2" || :
  ! exists "$1" || refuse "$1 cannot be moved to $2, where something came to be meanwhile"
}
