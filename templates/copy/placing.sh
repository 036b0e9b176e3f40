#!/bin/sh
# Puts an archive in place; a part of place.sh and one-hop.sh. Needs $spool, $archive, $codec, $digest, $replace and rules.sh.

# shellcheck disable=SC2154,SC2034
DIFFERS=65 stage=$spool/root brought=${spool%/*}/brought
newline='
' placed=''

unpack() { if [ "$codec" = zstd ]; then zstd -q -dc; else gzip -dc; fi; }

# Records of 64 KiB, the size of a pipe: with tar's own 10 KiB it takes a quarter longer. If the file system has no room for
# attributes, tar still ends with 0, and only its messages tell of the loss.
extract() {
  ended=0
  tar --extract --file=- --blocking-factor=128 --directory="$stage" --preserve-permissions --same-owner \
    --xattrs --xattrs-include='*' --acls --warning=no-timestamp || ended=$?
  # tar may end before it has read what follows the end of the archive: the unpacker would then die of a broken pipe.
  cat > /dev/null
  return "$ended"
}

cannot_hold() { refuse "this host cannot hold all that the template has: $(printf '%s\n' "$1" | tail -n 1)"; }

# The messages are kept in a variable, because the disk may be full.
unpack_archive() {
  said=$(
    exec 3>&1
    status=$( { { unpack < "$archive" 2>&3 || echo "$codec ended with status $?" >&4; } | extract 2>&3; } 4>&1 ) || exit 1
    printf %s "$status"
    [ -z "$status" ]
  ) || {
    printf '%s\n' "$said" | tail -n 2 >&2
    exit 1
  }
  # If a library in /etc/ld.so.preload is missing, every program complains (ld.so(8)); that does no harm.
  [ -z "$said" ] || said=$(printf %s "$said" | sed '/^ERROR: ld\.so: object .*: ignored\.$/d')
  [ -z "$said" ] || cannot_hold "$said"
}

# check WORDS...: refuses before anything is changed.
check() {
  for word in "$@"; do
    case $word in --*) continue ;; esac
    own_way "${word#.}"
    is_taken "${word#.}" || continue
    found=$(obstacles "${word#.}" "$replace" "$@")
    case $found in
    '') ;;
    mount\ *) refuse "${found#* }" ;;
    *) refuse_others "${found#* }" ;;
    esac
  done
}

# write_down PATH WORDS...: records what is brought to PATH; with `replace` also everything that is there now, which may be
# removed in this switch only.
write_down() {
  record_of "$1"
  listing "$1.kuafu-new" "$@" > "$record%unfinished"
  sort -zu -o "$record%unfinished" -- "$record%unfinished"
  become "$record%new"
  if [ "$replace" = replace ] && exists "$1"; then
    listing "$1" "$@" > "$record%unfinished"
    become "$record%given"
  fi
}

# put FROM PATH: FROM becomes the new tree of PATH with a rename; onto another file system as a copy.
put() {
  devices=$(stat -c %d -- "$1" "${2%/*}/")
  if [ "${devices%%"$newline"*}" = "${devices#*"$newline"}" ]; then set_aside new "$1" "$2"
  else copy_tree "$1" "$2"; fi
}

# copy_tree FROM PATH: puts a copy with everything that FROM has at PATH.kuafu-new; mv would lose attributes. cp goes by the whole
# name again for each file, and an account that owns a folder on the way may put a link there meanwhile. So the copy is made below
# the current folder, which root alone may enter. A copy that was cut off is known by the name and identity of that folder.
copy_tree() {
  name_beside "$2"
  (
    enter_folder_of "$2"
    hold=${name##*/} to=../${2##*/}.kuafu-new
    (umask 077 && mkdir -- "./$hold")
    note hold "./$hold" "$2"
    enter "$hold"
    rights=$(stat -c '%u %a' .)
    user=$(id -u)
    case $rights in "$user "*700) ;; *) refuse "$name was moved meanwhile" ;; esac
    said=$(cp --archive --preserve=xattr --no-target-directory -- "$1" ./new 2>&1) || cannot_hold "$said"
    note new ./new "$2"
    # An account cannot take a folder of root out of the folder that it is in, so this is a rename.
    mv -nT -- ./new "$to" || :
    if exists ./new && exists "$to"; then refuse_others "$2.kuafu-new was not brought by kuafu"; fi
    ! exists ./new || refuse "$2.kuafu-new cannot be made"
    cd ..
    rmdir -- "./$hold" 2> /dev/null || :
  )
  record_of "$2"
  rm -f -- "$record%beside"
}

# bring PATH WORDS...: puts the new tree beside PATH, with room for what has to stay.
bring() {
  path=$1
  make_folder "${path%/*}"
  put "$stage$path" "$path"
  if exists "$path"; then
    excluded "$@" | while IFS= read -r name; do
      ! holds "$path" "$name" || way "$path.kuafu-new" "$name" "$path"
    done
  fi
  write_down "$@"
}

# switch PATH WORDS...: moves the old tree aside and looks at it once more where no program expects it; then the new tree
# takes its place.
switch() {
  path=$1
  if exists "$path"; then
    set_aside old "$path" "$path"
    found=$(mounts "$path.kuafu-old"; strangers "$path.kuafu-old" "$@" | in_words)
    if [ -n "$found" ]; then
      move "$path.kuafu-old" "$path"
      refuse_others "$path holds what was not brought by kuafu, $found"
    fi
    path=$1
  fi
  is_side new "$1" || refuse "$1.kuafu-new is no longer what kuafu has put there"
  move "$1.kuafu-new" "$1"
  finish "$@"
  record_of "$1"
  mv -f -- "$record%new" "$record%tree"
}

# for_each FUNCTION WORDS...: calls FUNCTION with each path, and WORDS.
for_each() {
  what=$1
  shift
  for word in "$@"; do
    case $word in --*) continue ;; esac
    "$what" "${word#.}" "$@"
  done
}

place() {
  check "$@"
  unpack_archive
  if [ -n "$digest" ]; then
    sum=$(digest_of_stage "$@")
    [ "${sum%% *}" = "$digest" ] || exit "$DIFFERS"
  fi
  lock 60
  for_each settle "$@"
  for_each bring "$@"
  for_each switch "$@"
  end_switches "$@"
}

digest_of_stage() {
  tar --create --file=- --directory="$stage" --sort=name --format=gnu --totals --anchored --no-wildcards "$@" 2>/dev/null | sha256sum
}

# What did not get into its place is removed; if a script was killed, the next one settles it.
tidy() {
  set +e
  trap '' HUP TERM
  [ -n "$placed" ] || (
    set -e
    lock 60
    for_each settle "$@"
  ) 2> /dev/null
  rm -rf --one-file-system -- "$stage"
}
