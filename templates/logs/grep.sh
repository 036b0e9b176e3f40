# Searches one log file, or a journal, for kuafu. The exit status is that of grep(1): 0 matches, 1 none, 2
# wrong pattern; and that of open_log.
path=$1 id=$2 log=$3 flags=$4 context=$5 grep=$6 exclude=$7 unit=$8 since=$9
shift 9
until=$1
export LC_ALL=C.UTF-8
. ./open.sh

keep() { grep "$flags" -C "$context" -e "$grep"; }
drop() { if [ -n "$exclude" ]; then grep -v "$flags" -e "$exclude"; else cat; fi; }

if [ -n "$unit" ]; then
  journalctl -q -a -u "$unit" -o short-iso-precise --no-pager ${since:+"--since=@$since"} ${until:+"--until=@$until"} |
    drop | keep
  exit
fi
open_log "$path" "$id" "$log"
case $path in
  *.gz) gzip -dc <&3 | drop | keep ;;
  *) drop <&3 | keep ;;
esac
