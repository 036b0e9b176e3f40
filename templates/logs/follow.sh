# shellcheck shell=sh
# Reads log files and a journal for `kuafu logs tail`. It keeps nothing in mind and decides nothing: the asker says which
# bytes of which file, and where that is (src/lib/logs/ask.ts). What files are called never stands in a line or a variable
# that is taken apart: names go out as records that end with NUL, and come in as open.sh has them.
#
# The first line on stdin is the token of the marks: lines of an answer that begin with RS and the token. It comes that way,
# as a command line can be read by every account of the host, and a log could then speak in our name. After that, a line a
# question, each answered in turn:
#   l, a                 what is there: l or a of names.sh      L, records, E - 0
#   b ID LINES PATH      open it: where its last lines begin    B ID offset, or R ID why, as open.sh has it
#   r ID FROM SIZE PATH  its bytes from there, SIZE at most     D ID from, bytes, E ID end: this far it was read; or R
#   h ID SIZE PATH       open it: how it begins                 D ID 0, bytes, E ID size; or R
#   c ID FROM SIZE PATH  how many lines those are               S ID end lines; or R
#   j CURSOR PASSED HOW  what is new in the journal             D j 0, lines, E j passed cursor more; or R j 0
#   k                    nothing: we live                       no answer
# The hello is H clock zone. Without a word for 30 s it ends itself and all it started: a lost link leaves nothing behind.
flags=$1 grep=$2 exclude=$3 unit=$4 limit=$5
shift 5
set -f
export LC_ALL=C
journals=''
exec 5>&1 # where answers go, also out of a command substitution

. ./open.sh
. ./names.sh

say() { printf '\036%s %s\n' "$token" "$1" >&5; }

# It also looks whether this shell is there: a signal that nobody can catch leaves it behind.
watch() {
  [ -n "$dog" ] && kill "$dog" 2>/dev/null
  (
    trap 'kill "$nap"; exit' TERM
    for nap in 1 2 3 4 5 6; do
      sleep 5 &
      nap=$!
      wait "$nap"
      kill -0 $$ || exit
    done
    kill -KILL 0
  ) </dev/null >/dev/null 2>&1 5>&- &
  dog=$!
}

# Lines and case are those of UTF-8 to grep; where there is no such locale, of bytes.
search() { LC_ALL=C.UTF-8 grep "$flags" "$@"; }
keep() { if [ -n "$grep" ]; then search -e "$grep"; else cat; fi; }
drop() { if [ -n "$exclude" ]; then search -v -e "$exclude"; else cat; fi; }

bytes() { dd if=/dev/fd/3 bs=65536 iflag=skip_bytes,count_bytes,fullblock skip="$from" count="$size" status=none 2>/dev/null; }

# Shortens size to whole lines. have: all there is, asked at most.
whole() {
  have=$(($(stat -L -c %s /dev/fd/3) - from))
  [ "$have" -ge 0 ] || have=0
  if [ "$have" -lt "$size" ]; then size=$have; else have=$size; fi
  [ "$size" -gt 0 ] || return
  case $(od -An -tx1 -j $((from + size - 1)) -N 1 /dev/fd/3) in *0a) return ;; esac
  size=$((size - $(bytes | tail -n 1 | wc -c)))
}

# begin ID LINES: tail leaves the descriptor, which it shares, at the end that it found, though the file grows.
begin() {
  case $2 in
    all) at=0 ;;
    0) at=$(stat -L -c %s /dev/fd/3) ;;
    *)
      last=$(tail -n "$2" <&3 | wc -c)
      while read -r key value; do [ "$key" = pos: ] && at=$((value - last)); done </proc/self/fdinfo/3
      ;;
  esac
  say "B $1 $at"
}

# send ID: with a filter whole lines, and of a line that is longer than all that is asked for a piece.
send() {
  asked=$size
  if [ -n "$grep$exclude" ]; then
    whole
    [ "$size" -eq 0 ] && [ "$have" -eq "$asked" ] && size=$asked
  fi
  say "D $1 $from"
  if [ "$size" -eq 0 ]; then :; elif [ -n "$grep$exclude" ]; then bytes | keep | drop; else bytes; fi
  say "E $1 $((from + size))"
}

first_bytes() {
  say "D $1 0"
  bytes
  say "E $1 $size"
}

count() {
  whole
  say "S $1 $((from + size)) $(bytes | wc -l)"
}

# with OPEN ID PATH DO...: does it with the file as descriptor 3, or says why it cannot be.
with() {
  id=$2
  "$1" "$3" "$2"
  why=$?
  shift 3
  if [ "$why" -eq 0 ]; then "$@"; else say "R $id $why"; fi
  exec 3<&-
}

# Lines of a journal are asked for when one of its files was written to. 2000 a time; the rest is asked for with the same
# cursor, and that many passed over. An entry may have hundreds of MB: its first 1 MiB is all that is looked at.
journal() {
  cursor=$1 passed=$2 how=$3 number=2000
  now=$(set +f; stat -L -c '%.9Y %s' -- /run/log/journal/*/*.journal /var/log/journal/*/*.journal 2>/dev/null)
  if [ "$now" = "$journals" ]; then
    say 'R j 0'
    return
  fi
  journals=$now
  case $how in
    since=*) how=--since=@${how#since=} ;;
    lines=*) how=--lines=${how#lines=} number=1000000 ;;
    *) how=-q ;;
  esac
  [ "$cursor" = - ] || how=--after-cursor=$cursor number=2000
  say 'D j 0'
  end=$({
    LC_ALL=C.UTF-8 journalctl -q -a -u "$unit" -o short-iso-precise --no-pager --show-cursor "$how" 2>/dev/null |
      cut -b -1048576 | tail -n +$((passed + 1)) | head -n "$number" |
      sed -n -e '/^-- cursor: /{w /dev/fd/4' -e 'd' -e '}' -e "$number w /dev/fd/4" -e p | keep | drop >&5
  } 4>&1)
  case $end in
    '-- cursor: '*) say "E j 0 ${end#-- cursor: } 0" ;;
    ?*) journals='' && say "E j $((passed + number)) $cursor 1" ;;
    *) say "E j $passed $cursor 0" ;;
  esac
}

trap 'kill "$dog" 2>/dev/null' EXIT
# Whoever asked may be gone in the middle of an answer: a signal alone would end this shell, and leave the dog.
trap 'exit 141' HUP PIPE TERM
watch
for pattern in "$grep" "$exclude"; do
  [ -z "$pattern" ] || printf '' | search -e "$pattern" >/dev/null
  [ $? -gt 1 ] && exit 64
done
read -r token || exit 0
say "H $(date '+%s.%N %z')"
beats=0
while read -r verb first second third fourth; do
  beats=$((beats + 1))
  [ $((beats % 10)) -eq 1 ] || [ "$verb" = k ] && watch
  case $verb in
    l | a)
      say L
      names "$verb" "$limit" "$@" >&5
      say 'E - 0'
      ;;
    b) with open_log "$first" "$third" begin "$first" "$second" ;;
    h)
      from=0 size=$second
      with open_log "$first" "$third" first_bytes "$first"
      ;;
    r | c)
      from=$second size=$third
      case $verb in r) do=send ;; *) do=count ;; esac
      with open_known "$first" "$fourth" "$do" "$first"
      ;;
    j) journal "$first" "$second" "$third" ;;
  esac
done
exit 0
