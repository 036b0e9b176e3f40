# Reads log files and a journal for `kuafu logs tail`: as much as is asked for, from where the asker says it is.
#
# It is asked by lines on stdin: g (go: what is new, up to a chunk of each file), s (skip: count what is new, send none of
# it), k (keep: nothing is wanted yet). It answers in marks, lines that begin with RS and a token that no log line knows:
#   H clock zone          hello                     D id offset path   bytes from here belong to this file, up to
#   N what number path    something to tell         E id offset size   the end of them: this far it was read
#   F id                  this file is done with    S id offset lines  so many lines were skipped
#   P 1 or 0              all was said; 1: there is more
# Without a word for 30 s it ends itself and all it started: a lost link leaves nothing behind.
token=$1 chunk=$2 lines=$3 flags=$4 grep=$5 exclude=$6 patterns=$7 known=$8 unit=$9
shift 9
cursor=$1 passed=$2 since=$3
export LC_ALL=C.UTF-8
set -f
nl='
'
. ./rotated.sh
exec 5>&1 # where answers go, also out of a command substitution
skipping= tracked= old= journals= beats=0

say() { printf '\036%s %s\n' "$token" "$1" >&5; }

watch() {
  [ -n "$dog" ] && kill "$dog" 2>/dev/null
  (
    trap 'kill "$nap"; exit' TERM
    sleep 30 &
    nap=$!
    wait "$nap" && kill -KILL 0
  ) </dev/null >/dev/null 2>&1 5>&- &
  dog=$!
}

keep() { if [ -n "$grep" ]; then grep "$flags" -e "$grep"; else cat; fi; }
drop() { if [ -n "$exclude" ]; then grep -v "$flags" -e "$exclude"; else cat; fi; }

# A name for a file that outlives its path: device, inode, and birth, as inodes are used again.
identity='%d_%i_%W'

named() (
  set +f
  IFS=$nl
  stat -L -c "$identity %s %f %n" -- $patterns 2>/dev/null
)

packed() { case $1 in *.gz | *.xz | *.bz2 | *.zst | *.lz4 | *.zip | *.Z) return 0 ;; esac; return 1; }

bytes() { dd if=/dev/fd/3 bs=65536 iflag=skip_bytes,count_bytes,fullblock skip="$at" count="$len" status=none 2>/dev/null; }

# Shortens len to whole lines.
whole() {
  case $(od -An -tx1 -j $((at + len - 1)) -N 1 /dev/fd/3) in *0a) return ;; esac
  len=$((len - $(bytes | tail -n 1 | wc -c)))
}

# send ID PATH SIZE LABEL: the next chunk of the file, or, skipping, only its count of lines.
send() {
  command exec 3<"$2" || return
  # The path may have got another file since it was looked at.
  if [ "$(stat -L -c "$identity" /dev/fd/3)" = "$1" ]; then
    eval "at=\$at_$1"
    len=$(($3 - at)) clipped=0
    if [ -n "$skipping" ]; then
      whole
      [ "$len" -gt 0 ] && count=$(bytes | wc -l) && at=$((at + len)) && say "S $1 $at $count"
    else
      [ "$len" -gt "$chunk" ] && len=$chunk clipped=1
      if [ -n "$grep$exclude" ]; then
        whole
        # A line longer than a chunk goes through the filter in pieces.
        [ "$len" -eq 0 ] && [ "$clipped" -eq 1 ] && len=$chunk
      fi
      if [ "$len" -gt 0 ]; then
        [ "$clipped" -eq 1 ] && more=1
        say "D $1 $at $4"
        if [ -n "$grep$exclude" ]; then bytes | keep | drop; else bytes; fi
        at=$((at + len))
        say "E $1 $at $3"
      fi
    fi
    eval "at_$1=\$at"
  fi
  exec 3<&-
}

# begin ID PATH SIZE: a file that was not known; at the first look its last lines are wanted, later all of it.
begin() {
  at=0
  if [ -n "$lines" ]; then
    at=$(($3 - $(tail -n "$lines" -- "$2" | wc -c)))
    [ "$at" -lt 0 ] && at=0
  fi
  eval "at_$1=\$at"
  tracked="$tracked$nl$1 $2"
}

current() {
  for entry in $entries; do
    id=${entry%% *} rest=${entry#* } path=/${entry#* /}
    size=${rest%% *}
    case $entry in "$id $size 8"*) ;; *) continue ;; esac
    packed "$path" && continue
    eval "seen=\${at_$id-}"
    if [ -z "$seen" ]; then
      if [ ! -r "$path" ]; then
        eval "seen=\${bad_$id-}; bad_$id=1"
        [ -z "$seen" ] && say "N unreadable 0 $path"
        continue
      fi
      begin "$id" "$path" "$size"
    fi
    case $held in *"$nl$path$nl"*) continue ;; esac
    eval "at=\$at_$id"
    if [ "$size" -lt "$at" ]; then
      say "N truncated $at $path"
      eval "at_$id=0"
      at=0
    fi
    [ "$size" -gt "$at" ] && send "$id" "$path" "$size" "$path"
  done
}

# Lines of a journal are asked for when one of its files was written to. 2000 a time; the rest is asked for with the same
# cursor, and that many passed over.
journal() {
  now=$(set +f; stat -L -c '%.9Y %s' -- /run/log/journal/*/*.journal /var/log/journal/*/*.journal 2>/dev/null)
  [ "$now" = "$journals" ] && return
  journals=$now limit=2000
  set --
  if [ -n "$cursor" ]; then
    set -- "--after-cursor=$cursor"
  elif [ -n "$since" ]; then
    set -- "--since=@$since"
  elif [ -n "$lines" ]; then
    set -- -n "$lines"
    limit=1000000
  fi
  say "D journal 0 $unit"
  end=$({
    journalctl -q -a -u "$unit" -o short-iso-precise --no-pager --show-cursor "$@" 2>/dev/null |
      tail -n +$((passed + 1)) | head -n "$limit" |
      sed -n -e '/^-- cursor: /{w /dev/fd/4' -e 'd' -e '}' -e "$limit w /dev/fd/4" -e p | keep | drop >&5
  } 4>&1)
  case $end in
    '-- cursor: '*) cursor=${end#-- cursor: } passed=0 ;;
    ?*) passed=$((passed + limit)) more=1 journals= ;;
  esac
  [ -n "$lines" ] && [ -z "$cursor" ] && say "N empty 0 $unit"
  say "E journal $passed ${cursor:--}"
}

missing() (
  for pattern in $patterns; do
    found=$(set +f; IFS=; for path in $pattern; do [ -e "$path" ] && echo 1 && break; done)
    [ -z "$found" ] && say "N missing 0 $pattern"
  done
)

poll() {
  IFS=$nl more=0 held="$nl"
  [ -n "$patterns" ] && entries=$(named)
  [ -n "$tracked" ] && rotate
  [ -n "$old" ] && drain
  [ -n "$patterns" ] && current
  [ -n "$unit" ] && [ -z "$skipping" ] && journal
  lines=
  say "P $more"
}

trap 'kill "$dog" 2>/dev/null' EXIT
watch
for pattern in "$grep" "$exclude"; do
  [ -z "$pattern" ] || printf '' | grep "$flags" -e "$pattern" >/dev/null
  [ $? -gt 1 ] && exit 64
done
IFS=$nl
for item in $known; do
  id=${item%% *} rest=${item#* }
  eval "at_$id=\${rest%% *}"
  tracked="$tracked$nl$id ${rest#* }"
done
say "H $(date '+%s.%N %z')"
[ -n "$patterns" ] && missing
while read -r verb; do
  beats=$((beats + 1))
  [ $((beats % 10)) -eq 1 ] || [ "$verb" = k ] && watch
  case $verb in
    g) poll ;;
    s) skipping=1 && poll && skipping= ;;
  esac
done
