# Searches one log file, or a journal, for kuafu. The exit status is that of grep(1): 0 matches, 1 none, 2 wrong pattern;
# 65: the file is gone.
path=$1 id=$2 log=$3 flags=$4 context=$5 grep=$6 exclude=$7 unit=$8 since=$9
shift 9
until=$1
export LC_ALL=C.UTF-8

keep() { grep "$flags" -C "$context" -e "$grep"; }
drop() { if [ -n "$exclude" ]; then grep -v "$flags" -e "$exclude"; else cat; fi; }
isit() { command exec 3<"$1" && [ "$(stat -L -c '%d_%i_%W' /dev/fd/3)" = "$id" ]; }

if [ -n "$unit" ]; then
  journalctl -q -a -u "$unit" -o short-iso-precise --no-pager ${since:+"--since=@$since"} ${until:+"--until=@$until"} |
    drop | keep
  exit
fi
# It may have been rotated since it was listed.
if ! isit "$path" 2>/dev/null; then
  found=
  for path in "$log"[.-]*; do
    isit "$path" 2>/dev/null && found=1 && break
  done
  [ -n "$found" ] || exit 65
fi
case $path in
  *.gz) gzip -dc <&3 | drop | keep ;;
  *) drop <&3 | keep ;;
esac
