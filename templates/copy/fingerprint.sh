#!/bin/sh
# fingerprint.sh TAR_ARGUMENTS...: the digest of a tree, as sha256sum says it, and on standard error the size, as tar says it. A file
# that is missing or changes meanwhile is an exit status other than 0.
export LC_ALL=C
. ./archive-into.sh
archive_into sha256sum "$@"
