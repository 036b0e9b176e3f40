# shellcheck shell=sh
# A part of scripts: sends an archive through a filter.
. ./archive.sh

# archive_into FILTER TAR_ARGUMENTS...: ends the script with tar's exit status. POSIX sh has no pipefail, so the status leaves
# the pipe through descriptor 4. The output of FILTER is the output of the script, which FILTER also has as descriptor 3. On
# standard error tar reports the size.
archive_into() {
  filter=$1
  shift
  exec 3>&1
  status=$({ { archive --totals "$@"; echo $? >&4; } | "$filter" >&3; } 4>&1)
  exit "$status"
}
