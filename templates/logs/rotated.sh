# Reads log files that were rotated away meanwhile, for kuafu. follow.sh has the rest: `tracked` is what it follows, `entries`
# what its patterns name now, `old` what is read on, `held` the logs whose newer files wait until an older one was read.
siblings() (
  set +f
  stat -L -c "%Y $identity %s %n" -- "$1"[.-]* 2>/dev/null | sort -n
)

# Tracked files that their pattern no longer names were rotated away. What they still hold comes first, then files that
# came and went meanwhile (newer than the old one, and compressed by nobody yet).
rotate() {
  kept=
  for item in $tracked; do
    id=${item%% *} path=${item#* }
    case $nl$entries in *"$nl$id "*) kept=$kept$nl$item && continue ;; esac
    family=$(siblings "$path") oldpath=
    for each in $family; do
      case $each in *" $id "*) oldpath=/${each#* /} ;; esac
    done
    if [ -z "$oldpath" ]; then
      eval "say \"N gone \$at_$id \$path\""
      eval "unset at_$id"
      say "F $id"
      continue
    fi
    old="$old$nl$id 0 $path"
    for each in $family; do
      spath=/${each#* /}
      rest=${each#* } && sid=${rest%% *}
      eval "seen=\${at_$sid-}"
      if [ -z "$seen" ] && [ "$spath" -nt "$oldpath" ] && ! packed "$spath"; then
        case $nl$entries in *"$nl$sid "*) ;; *) eval "at_$sid=0" && old="$old$nl$sid 0 $path" ;; esac
      fi
    done
  done
  tracked=$kept
}

# Old files are read on until nothing came for 40 rounds: their writer may have them open yet.
drain() {
  kept= held=
  for item in $old; do
    id=${item%% *} rest=${item#* }
    quiet=${rest%% *} path=${rest#* } found=
    case $held in *"$nl$path$nl"*) kept=$kept$nl$item && continue ;; esac
    for each in $(siblings "$path"); do
      case $each in *" $id "*) found=${each#* } ;; esac
    done
    rest=${found#* }
    size=${rest%% *}
    eval "at=\$at_$id"
    if [ -n "$found" ] && [ "$size" -gt "$at" ]; then
      quiet=0
      send "$id" "/${found#* /}" "$size" "$path"
      eval "at=\$at_$id"
      [ "$at" -lt "$size" ] && [ "$clipped" -eq 1 ] && held="$held$nl$path$nl"
    fi
    quiet=$((quiet + 1))
    if [ -n "$found" ] && [ "$quiet" -lt 40 ]; then
      kept="$kept$nl$id $quiet $path"
    else
      eval "unset at_$id"
      say "F $id"
    fi
  done
  old=$kept
}

