# Searches or fetches a log file for kuafu. open_log PATH ID LOG: opens the file that a listing named as descriptor 3, and leaves
# its path in `path`. It may have been rotated since, so it is known by device, inode and birth. Exit status 65: it is gone.
is_it() { command exec 3<"$path" && [ "$(stat -L -c '%d_%i_%W' /dev/fd/3)" = "$1" ]; }

open_log() {
  path=$1
  is_it "$2" 2>/dev/null && return
  for path in "$3"[.-]*; do
    is_it "$2" 2>/dev/null && return
  done
  exit 65
}

