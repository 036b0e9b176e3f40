#!/bin/sh
# mariadb-unfence.sh: takes the file of a fence away. Prints `removed`, `none` where there is none, or `kept` where the server
# would take writes after a restart without it.
. ./fence-file.sh
is_there || { echo none; exit; }
is_ours || no "$file is not a file of kuafu: look at it, and take it away"
aside=$folder/.zz-kuafu-fence.aside
mv -f -- "$file" "$aside" || no "$file cannot be moved"
mode=$(by_files read_only) || mode=unknown
case $mode in
1 | on | true)
  if ! { rm -f -- "$aside" && sync -- "$folder"; }; then no "$aside cannot be removed"; fi
  echo removed ;;
*)
  if ! { mv -f -- "$aside" "$file" && sync -- "$folder"; }; then no "$aside cannot be moved back"; fi
  echo kept ;;
esac
