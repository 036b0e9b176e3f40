# Lists log files for kuafu: what the patterns name, and what was rotated away from there; `- PATTERN` for one that names
# nothing. A record ends with NUL.
patterns=$1
export LC_ALL=C.UTF-8
date '+%s.%N %z'
IFS='
'
set +f
for pattern in $patterns; do
  # Wildcards are live here: those of the pattern, and those that find its rotated files.
  set -- $pattern $pattern[.-]*
  found=
  for path; do
    [ -f "$path" ] && found=1 && break
  done
  [ -n "$found" ] || printf -- '- %s\0' "$pattern"
  stat -L --printf '%d_%i_%W %Y %s %f %n\0' -- "$@" 2>/dev/null
done
true
