#!/bin/sh
# fingerprint.sh TAR_ARGUMENTS...: the digest of a tree, in the form of sha256sum; on standard error its size, in the form of
# tar. If a file is missing or changes meanwhile, the exit status is not 0.
export LC_ALL=C
. ./archive-into.sh
archive_into sha256sum "$@"
