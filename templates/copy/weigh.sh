#!/bin/sh
# weigh.sh CODEC TAR_ARGUMENTS...: what fingerprint.sh says, and what of the packed archive, of which whoever receives it wants to
# know the end, and that it is whole:
#   codec CODEC      zstd or gzip; for CODEC any: zstd where it is here
#   content DIGEST   sha256 of the archive
#   packed DIGEST    BLAKE2b of the packed archive: every receiver makes it while it is busy with the link, and coreutils takes less
#                    than half of the time for it that SHA-256 takes
#   size N           bytes of the packed archive
export LC_ALL=C
codec=$1
shift
if [ "$codec" = any ]; then if command -v zstd >/dev/null 2>&1; then codec=zstd; else codec=gzip; fi; fi
echo "codec $codec"
. ./archive-into.sh

# Each consumer of a stream gets it through a tee; all of it is one pass over the files.
weigh() {
  { tee /dev/fd/5 | sha256sum | sed 's/^/content /' >&3; } 5>&1 | compress |
    { tee /dev/fd/6 | b2sum | sed 's/^/packed /' >&3; } 6>&1 | wc -c | sed 's/^/size /'
}

archive_into weigh "$@"
