#!/bin/sh
# Puts an archive in place; a part of place.sh and one-hop.sh. Needs $spool, $archive, $codec, $digest, $replace and rules.sh.

# shellcheck disable=SC2154,SC2034
DIFFERS=65 stage=$spool/root brought=${spool%/*}/brought
newline='
' placed=''

unpack() { if [ "$codec" = zstd ]; then zstd -q -dc; else gzip -dc; fi; }

# Records of 64 KiB as a pipe holds: with tar's own 10 KiB it costs a quarter more. tar ends well where the file system has no
# room for attributes; all it says then is what is lost.
extract() {
  ended=0
  tar --extract --file=- --blocking-factor=128 --directory="$stage" --preserve-permissions --same-owner \
    --xattrs --xattrs-include='*' --acls --warning=no-timestamp || ended=$?
  # tar may end before it has read what stands behind the end of an archive: who unpacks would die of a broken pipe.
  cat > /dev/null
  return "$ended"
}

cannot_hold() { refuse "this host cannot hold all that the template has: $(printf '%s\n' "$1" | tail -n 1)"; }

# What is said is kept in a variable: the disk may be full.
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
  # Of a library for /etc/ld.so.preload that is not there every program complains (ld.so(8)), and nothing is lost by that.
  [ -z "$said" ] || said=$(printf %s "$said" | sed '/^ERROR: ld\.so: object .*: ignored\.$/d')
  [ -z "$said" ] || cannot_hold "$said"
}

# check WORDS...: refuses before anything is touched.
check() {
  for word in "$@"; do
    case $word in --*) continue ;; esac
    is_taken "${word#.}" || continue
    found=$(obstacles "${word#.}" "$replace" "$@")
    case $found in
    '') ;;
    mount\ *) refuse "${found#* }" ;;
    *) refuse_others "${found#* }" ;;
    esac
  done
}

# write_down PATH WORDS...: what is brought to PATH, beside what was brought before; with `replace` also all that is there now,
# which may go in this switch and in no other. A first record that was cut off lists less, and nothing of it was in place.
write_down() {
  record_of "$1"
  if [ -e "$record%tree" ]; then
    listing "$1.kuafu-new" "$@" | sort -zu > "$record%new"
    cat -- "$record%new" "$record%tree" | sort -zu > "$record%all"
    mv -f -- "$record%all" "$record%tree"
  else
    listing "$1.kuafu-new" "$@" | sort -zu > "$record%tree"
  fi
  if [ "$replace" = replace ] && exists "$1"; then listing "$1" "$@" > "$record%given"; fi
}

# put FROM TO: by a rename; to another file system as a copy that has all that FROM has. mv would go without attributes.
put() {
  devices=$(stat -c %d -- "$1" "${2%/*}/")
  if [ "${devices%%"$newline"*}" = "${devices#*"$newline"}" ]; then
    mv -T -- "$1" "$2"
    return
  fi
  said=$(cp --archive --preserve=xattr --no-target-directory -- "$1" "$2" 2>&1) || cannot_hold "$said"
}

# bring PATH WORDS...: the new tree lies beside PATH, with room for what has to stay.
bring() {
  path=$1
  record_of "$path"
  : > "$record%switch"
  [ -d "${path%/*}/" ] || (umask 022; mkdir -p -- "${path%/*}")
  put "$stage$path" "$path.kuafu-new"
  if exists "$path"; then
    excluded "$@" | while IFS= read -r name; do
      ! holds "$path" "$name" || way "$path.kuafu-new" "$name" "$path"
    done
  fi
  write_down "$@"
}

# switch PATH WORDS...: the old tree steps aside, is looked at once more where nobody finds it, and the new one takes its place.
switch() {
  path=$1
  if exists "$path"; then
    mv -T -- "$path" "$path.kuafu-old"
    found=$(mounts "$path.kuafu-old"; strangers "$path.kuafu-old" "$@" | in_words)
    if [ -n "$found" ]; then
      mv -T -- "$path.kuafu-old" "$path"
      refuse_others "$path holds what was not brought by kuafu, $found"
    fi
    path=$1
  fi
  mv -T -- "$1.kuafu-new" "$1"
  finish "$@"
  record_of "$1"
  if [ -e "$record%new" ]; then mv -f -- "$record%new" "$record%tree"; fi
}

# for_each FUNCTION WORDS...: calls it with each path, and the words.
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
  lock
  for_each settle "$@"
  for_each bring "$@"
  for_each switch "$@"
  end_switches "$@"
}

# By one rm: what has been switched and was not said to have ended is in place, and is settled as that.
end_switches() {
  for word in "$@"; do
    shift
    case $word in --*) continue ;; esac
    record_of "${word#.}"
    set -- "$@" "$record%given" "$record%new" "$record%switch"
  done
  rm -f -- "$@"
}

digest_of_stage() {
  tar --create --file=- --directory="$stage" --sort=name --format=gnu --totals --anchored --no-wildcards "$@" 2>/dev/null | sha256sum
}

# What did not get into its place is taken away; a script that was killed is settled by the next.
tidy() {
  set +e
  trap '' HUP TERM
  [ -n "$placed" ] || (
    set -e
    lock
    for_each settle "$@"
  ) 2> /dev/null
  rm -rf --one-file-system -- "$stage"
}
