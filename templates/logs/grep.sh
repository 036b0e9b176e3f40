# shellcheck shell=sh
# Searches one log file, or the journal of a unit, for kuafu. The status tells the result: 0 there are matches, 1 there are
# none, 64 grep does not understand a pattern, 70 not everything could be searched, 71 grep gave up, for example on a line too
# long for its memory, 72 the file is packed and there is no program to unpack it, and those of open_log.
path=$1 id=$2 flags=$3 context=$4 grep=$5 exclude=$6 unit=$7 since=$8 until=$9
export LC_ALL=C
. ./open.sh

# bound MB COMMAND...: limits memory, because accounts of the host write the files: grep holds a whole line, and xz whatever a
# packed file asks for. The limit is for data alone, because locales and programs are mapped. Before Linux 4.7 that limit
# misses much, so everything has a limit too, a wider one.
bound() (
  # shellcheck disable=SC3045 # dash, bash, ash and ksh have both
  ulimit -d "$(($1 * 1024))" 2>/dev/null
  # shellcheck disable=SC3045
  ulimit -v "$((($1 + 512) * 1024))" 2>/dev/null
  shift
  "$@"
)
search() { bound 128 env LC_ALL=C.UTF-8 grep "$flags" "$@"; }
keep() {
  search --no-group-separator -C "$context" -e "$grep" >&5
  told keep $?
}
look() {
  if [ -n "$exclude" ]; then
    {
      search -v -e "$exclude"
      told drop $?
    } | keep
  else
    keep
  fi
}
# A pipeline has only the status of its last part, and a packed file may be broken.
told() { echo "$1=$2." >&4; }

unpack() {
  if [ -n "$unit" ]; then
    LC_ALL=C.UTF-8 journalctl -q -a -u "$unit" -o short-iso-precise --no-pager ${since:+"--since=@$since"} ${until:+"--until=@$until"}
  else
    bound 256 "$tool" -dc <&3
  fi
  told unpack $?
}

for pattern in "$grep" "$exclude"; do
  [ -z "$pattern" ] || printf '' | search -e "$pattern" >/dev/null
  [ $? -gt 1 ] && exit 64
done
tool=''
if [ -z "$unit" ]; then
  open_log "$path" "$id" || exit
  case $path in
    *.gz | *.Z | *.zip) tool=gzip ;;
    *.xz) tool=xz ;;
    *.bz2) tool=bzip2 ;;
    *.zst) tool=zstd ;;
    *.lz4) tool=lz4 ;;
  esac
  [ -z "$tool" ] || command -v "$tool" >/dev/null || exit 72
fi
exec 5>&1
ends=$({
  if [ -n "$unit$tool" ]; then unpack | look; else look <&3; fi
} 4>&1)
case $ends in
  *keep=2.* | *drop=2.*) exit 71 ;;
  *unpack=[!0]* | *drop=[!01]* | *drop=1[!.]*) exit 70 ;;
  *keep=0.*) exit 0 ;;
  *keep=1.*) exit 1 ;;
esac
exit 70
