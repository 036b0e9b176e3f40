# shellcheck shell=sh
# Opens log files for kuafu, which reads them as root where accounts that are not root made them.
#
# open_log PATH ID: opens a file as descriptor 3 and looks at the descriptor alone from then on, so that nothing can be
# changed between a check and its use. PATH has every byte but letters, digits and ./_- as \0ooo. ID: device, inode, birth.
# Status 0, or why not (src/lib/logs/left-out.ts): 65 another file, or none, is there now; 66 it cannot be read; 67 it is
# no regular file; 68 a link leads out of a folder that is not root's; 69 a hard link there to a file of somebody else; 73 it
# is made by the kernel.
identity='%d_%i_%W'
known=''

# A NUL cannot be in a path, and a dot keeps line ends at its end.
plain() { text=$(printf '%b.' "$1") && text=${text%.}; }

open_known() {
  plain "$1"
  path=$text
  # Before it is opened: opening a FIFO waits, and opening a device may do something.
  [ -e "$path" ] || return 65
  [ -f "$path" ] || return 67
  [ -r "$path" ] || return 66
  { command exec 3<"$path"; } 2>/dev/null || return 66
  is_kept || return 73
  [ "$(stat -L -c "$identity" /dev/fd/3)" = "$2" ] || return 65
}

# Files of the kernel look like others and are none: they have no size, another inode for each reader, or no end.
is_kept() {
  case $path in
    /proc/* | /sys/*) ;;
    *) [ ! -s "$path" ] || return 0 ;;
  esac
  case $(stat -f -L -c %T /dev/fd/3) in
    proc | sysfs | debugfs | tracefs | securityfs | cgroup*fs | configfs | bpf_fs | binfmt_misc | pstorefs | efivarfs) return 1 ;;
  esac
}

open_log() {
  open_known "$1" "$2" || return
  # Who can write to a folder is asked once; what is a link there leads elsewhere.
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
  # The owner of a file may link it as often as he likes; a file of root was not put there by those who can write there.
  of=$(stat -L -c %u /dev/fd/3)
  [ "$of" -ne 0 ] && [ "$of" = "$(stat -c %u -- "$cage")" ] || return 69
}

# cage PATH: the first folder on the way to it, links resolved, that others than root and this account can write to: they
# choose what is below it. Nothing, where nobody else has a say. Fails where the way cannot be told.
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
