# shellcheck shell=sh
# Opens log files for kuafu, which reads them as root, although accounts other than root may have made them.
#
# open_log PATH ID: opens a file as descriptor 3 and from then on looks at the descriptor alone, so that nothing can be
# changed between a check and its use. PATH has every byte except letters, digits and ./_- as \0ooo. ID: device, inode, birth.
# Status 0, or why not (src/lib/logs/left-out.ts): 65 there is another file, or none, now; 66 it cannot be read; 67 it is no
# regular file; 68 a link leads out of a folder that is not root's; 69 a hard link there to a file of another owner; 73 it is
# made by the kernel.
identity='%d_%i_%W'
known=''

# A path cannot have a NUL; the added dot keeps line ends at its end.
plain() { text=$(printf '%b.' "$1") && text=${text%.}; }

open_known() {
  plain "$1"
  path=$text
  # Before it is opened: opening a FIFO waits, and opening a device may have an effect.
  [ -e "$path" ] || return 65
  [ -f "$path" ] || return 67
  [ -r "$path" ] || return 66
  { command exec 3<"$path"; } 2>/dev/null || return 66
  is_kept || return
  opened=$(stat -L -c "$identity" /dev/fd/3) || return 66
  [ "$opened" = "$2" ] || return 65
}

# Files of the kernel look like regular files, but they have no size, another inode for each reader, or no end: status 73.
is_kept() {
  case $path in
    /proc/* | /sys/*) ;;
    *) [ ! -s "$path" ] || return 0 ;;
  esac
  kind=$(stat -f -L -c %T /dev/fd/3) || return 66
  case $kind in
    proc | sysfs | debugfs | tracefs | securityfs | cgroup*fs | configfs | bpf_fs | binfmt_misc | pstorefs | efivarfs) return 73 ;;
  esac
}

open_log() {
  open_known "$1" "$2" || return
  # The accounts that can write to a folder are looked up once for each folder; a link there may lead elsewhere, so it is
  # always checked.
  if [ -L "$path" ] || [ "$known" != "${path%/*}/" ]; then
    known=''
    cage "$path" || return 68
    [ -L "$path" ] || known=${path%/*}/
  fi
  [ -n "$cage" ] || return 0
  real=$(readlink -n /proc/self/fd/3 && echo .)
  case $real in "${cage%/}"/*) ;; *) return 68 ;; esac
  links=$(stat -L -c %h /dev/fd/3)
  [ "$links" -le 1 ] && return 0
  # The owner of a file may link it any number of times; but an account that can write there cannot have put a file of root
  # there.
  of=$(stat -L -c %u /dev/fd/3)
  by=$(stat -c %u -- "$cage")
  [ "$of" -ne 0 ] && [ "$of" = "$by" ] || return 69
}

# cage PATH: the first folder on the way to PATH, links resolved, that accounts other than root and this one can write to:
# they decide what is below it. Empty if there is no such folder. Fails if the way cannot be followed.
cage() {
  cage='' at='' rest=$1 hops=0 me=$(id -u)
  while [ -n "$rest" ]; do
    name=${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
    case $name in
      '' | .) continue ;;
      ..) at=${at%/*} && continue ;;
    esac
    owned=$(stat -c '%u %A' -- "${at:-/}") || return
    case $owned in
      *' '?????w* | *' '????????w*) cage=${at:-/} && return ;;
      '0 '* | "$me "*) ;;
      *) cage=${at:-/} && return ;;
    esac
    if [ ! -L "$at/$name" ]; then
      at=$at/$name
      continue
    fi
    hops=$((hops + 1))
    [ "$hops" -le 40 ] || return
    target=$(readlink -n -- "$at/$name" && echo .) || return
    rest=${target%.}/$rest
    case $rest in /*) at='' ;; esac
  done
}
