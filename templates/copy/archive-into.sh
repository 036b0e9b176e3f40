# shellcheck shell=sh
# A part of scripts: an archive that goes through a pipe.
. ./archive.sh

# archive_into FILTER TAR_ARGUMENTS...: ends the script with tar's exit status, which POSIX sh has no pipefail for: it leaves the
# pipe by descriptor 4. What FILTER prints is the output of the script, which it also has as descriptor 3. On standard error tar
# says how much it was.
archive_into() {
  filter=$1
  shift
  exec 3>&1
  status=$({ { archive --totals "$@"; echo $? >&4; } | "$filter" >&3; } 4>&1)
  exit "$status"
}
