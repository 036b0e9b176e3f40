# shellcheck shell=sh disable=SC2154
# A part of scripts: the archive of a tree. Needs LC_ALL=C, and codec if the archive is packed.

# archive TAR_ARGUMENTS...: the archive on standard output. The same files give the same bytes: entries sorted by name, GNU
# format unless the arguments name another, whole seconds and no access times, excludes taken literally.
archive() {
  tar --create --file=- --directory=/ --sort=name --format=gnu --anchored --no-wildcards "$@"
}

# The same program packs the same bytes again: both read from a pipe, so they write no name and no time.
compress() { if [ "$codec" = zstd ]; then zstd -q -1 -T1 -c; else gzip -1 -n; fi; }
