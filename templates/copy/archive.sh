# shellcheck shell=sh disable=SC2154
# A part of scripts: the archive of a tree. Needs LC_ALL=C, and codec where it is packed.

# archive TAR_ARGUMENTS...: the archive on standard output. It is the same bytes for the same files: entries sorted by name, the
# format that the arguments name or that of GNU, with whole seconds and no access times, excludes taken literally.
archive() {
  tar --create --file=- --directory=/ --sort=name --format=gnu --anchored --no-wildcards "$@"
}

# Packed twice by the same program it is the same bytes again: both read from a pipe, and put no name and no time into it.
compress() { if [ "$codec" = zstd ]; then zstd -q -1 -T1 -c; else gzip -1 -n; fi; }
