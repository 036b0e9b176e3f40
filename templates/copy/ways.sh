# shellcheck shell=sh disable=SC2154
# Ways below a folder that another account may write in; a part of rules.sh. Needs $REFUSED, refuse and exists.

# holds ROOT NAME: whether NAME exists below ROOT, with only folders (no links) on the way.
holds() {
  at=$1 left=$2
  while [ "$left" != "${left#*/}" ]; do
    at=$at/${left%%/*} left=${left#*/}
    if [ -L "$at" ] || ! [ -d "$at" ]; then return 1; fi
  done
  exists "$at/$left"
}

# stand PATH NAME: enters the folder that holds NAME below PATH.
stand() {
  enter_folder_of "$1"
  enter "${1##*/}"
  rest=$2
  while [ "$rest" != "${rest#*/}" ]; do
    enter "${rest%%/*}"
    rest=${rest#*/}
  done
}

# new_folder NAME LIKE: makes the folder NAME in the current folder, enters it, and gives it the owner and mode of LIKE.
new_folder() {
  mkdir -- "./$1" || exit "$REFUSED"
  enter "$1"
  chown --reference="$2" -- . && chmod --reference="$2" -- . || exit "$REFUSED"
}

# way ROOT NAME LIKE: makes the folders that lead to NAME below ROOT, like those below LIKE.
way() (
  enter_folder_of "$1"
  part=${1##*/} left=$2 like=$3
  while :; do
    if [ -L "./$part" ] || { exists "./$part" && ! [ -d "./$part" ]; }; then
      refuse "$2 has to stay, and ${here%/}/$part is no folder that could hold it"
    fi
    if [ -d "./$part" ]; then enter "$part"; else new_folder "$part" "$like"; fi
    [ "$left" != "${left#*/}" ] || exit 0
    part=${left%%/*} left=${left#*/} like=$like/$part
  done
)
