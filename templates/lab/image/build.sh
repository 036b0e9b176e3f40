#!/bin/sh
# build.sh IMAGE SUITE PACKAGES APT_OPTIONS SOURCES...
# Builds the image of all lab hosts into the folder IMAGE, unless it is there. Runs under a lock, in a PID namespace of its own
# (src/lib/lab/image.ts), so that a killed build leaves no process; its folder is thrown away by the next one.
set -eu
umask 022
image=$1 suite=$2 packages=$3 apt_options=$4
shift 4

if [ -d "$image" ]; then exit 0; fi
recipe=$(dirname "$0")
part=$(dirname "$image")/part
rm -rf --one-file-system "$part"
mkdir -p "$part"

# It is for the shell of mmdebstrap to expand.
# shellcheck disable=SC2016
mmdebstrap --quiet --mode=root --variant=minbase --format=directory --include="$packages" \
  --aptopt="$apt_options" \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --setup-hook='cp -a /etc/apt/auth.conf /etc/apt/auth.conf.d "$1/etc/apt/" 2>/dev/null || true' \
  --customize-hook="$recipe/customize.sh"' "$1"' \
  "$suite" "$part" "$@"

# How this machine reaches its mirrors, and with which password, is no business of the hosts.
rm -rf "$part"/etc/apt/auth.conf* "$part"/etc/apt/sources.list* "$part/etc/apt/apt.conf.d/99mmdebstrap"

# Renamed last and only once it is on disk: a half-built image never counts.
sync -f "$part"
mv -T "$part" "$image"
