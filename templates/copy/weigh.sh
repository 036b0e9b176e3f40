#!/bin/sh
# weigh.sh CODEC TAR_ARGUMENTS...: the output of fingerprint.sh, and these lines for the packed archive, so that a receiver
# knows where it ends and that it is whole:
#   codec CODEC      zstd or gzip; for CODEC any: zstd if it is installed
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

# Each consumer of a stream gets it through a tee, so the files are read only once.
weigh() {
  { tee /dev/fd/5 | sha256sum | sed 's/^/content /' >&3; } 5>&1 | compress |
    { tee /dev/fd/6 | b2sum | sed 's/^/packed /' >&3; } 6>&1 | wc -c | sed 's/^/size /'
}

archive_into weigh "$@"
