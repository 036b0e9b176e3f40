# shellcheck shell=sh
# Reads log files and a journal for `kuafu logs tail`. It keeps no state and decides nothing: the caller says which bytes of
# which file, and where the file is (src/lib/logs/ask.ts). A file name is never part of a line or variable that is split:
# names go out as records ended by NUL, and come in encoded as in open.sh.
#
# The first line on standard input is the token of the marks: lines of an answer that begin with RS and the token. It is no
# argument, because every account of the host can read a command line, and a log could then imitate our marks. After that, one
# question a line; each is answered in turn:
#   l, a                 the files: l or a of names.sh          L, records, E - 0; or it ends with the status of names.sh
#   b ID LINES PATH      open it: where its last lines begin    B ID offset, or R ID why, as open.sh has it
#   r ID FROM SIZE PATH  its bytes from FROM, at most SIZE      D ID from, bytes, E ID end: read up to here; or R
#   h ID SIZE PATH       open it: how it begins                 D ID 0, bytes, E ID size; or R
#   c ID FROM SIZE PATH  how many lines those are               S ID end lines; or R
#   j CURSOR PASSED HOW  what is new in the journal             D j 0, lines, E j passed cursor more; or R j 0
#   k                    a sign of life                         no answer
# The first answer is H clock zone. If no line comes for 30 s it ends itself and all it started: a lost link leaves nothing
# behind.
flags=$1 grep=$2 exclude=$3 unit=$4 limit=$5
shift 5
set -f
export LC_ALL=C
journals=''
exec 5>&1 # where answers go, also out of a command substitution

. ./open.sh
. ./names.sh

say() { printf '\036%s %s\n' "$token" "$1" >&5; }

# It also checks that this shell still exists: after SIGKILL of the shell the watch would stay behind.
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

# For grep, lines and case are those of UTF-8; if there is no such locale, those of bytes.
search() { LC_ALL=C.UTF-8 grep "$flags" "$@"; }
keep() { if [ -n "$grep" ]; then search -e "$grep"; else cat; fi; }
drop() { if [ -n "$exclude" ]; then search -v -e "$exclude"; else cat; fi; }

bytes() { dd if=/dev/fd/3 bs=65536 iflag=skip_bytes,count_bytes,fullblock skip="$from" count="$size" status=none 2>/dev/null; }

# Shortens size to whole lines. have: everything that there is, at most what was asked for.
whole() {
  have=$(($(stat -L -c %s /dev/fd/3) - from))
  [ "$have" -ge 0 ] || have=0
  if [ "$have" -lt "$size" ]; then size=$have; else have=$size; fi
  [ "$size" -gt 0 ] || return
  case $(od -An -tx1 -j $((from + size - 1)) -N 1 /dev/fd/3) in *0a) return ;; esac
  size=$((size - $(bytes | tail -n 1 | wc -c)))
}

# begin ID LINES: tail leaves the shared descriptor at the end that it found, even if the file grows.
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

# send ID: with a filter it sends whole lines; of a line longer than the requested size it sends a piece.
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

# with OPEN ID PATH DO...: runs DO with the file as descriptor 3, or says why it cannot be opened.
with() {
  id=$2
  "$1" "$3" "$2"
  why=$?
  shift 3
  if [ "$why" -eq 0 ]; then "$@"; else say "R $id $why"; fi
  exec 3<&-
}

# The journal is only read when one of its files was written to. 2000 lines at a time; the rest is read with the same cursor,
# and that many lines skipped. An entry may have hundreds of MB: only its first 1 MiB is read.
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
# The caller may be gone in the middle of an answer: a signal alone would end this shell, and leave the watch.
trap 'exit 141' HUP PIPE TERM
watch
for pattern in "$grep" "$exclude"; do
  [ -z "$pattern" ] || printf '' | search -e "$pattern" >/dev/null
  [ $? -gt 1 ] && exit 64
done
read -r token || exit 0
[ $# -eq 0 ] || can_list || exit
say "H $(date '+%s.%N %z')"
beats=0
while read -r verb first second third fourth; do
  beats=$((beats + 1))
  [ $((beats % 10)) -eq 1 ] || [ "$verb" = k ] && watch
  case $verb in
    l | a)
      say L
      names "$verb" "$limit" "$@" >&5 || exit
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
