#!/bin/sh
# Prepares a bare host for an app: the account that the service runs as. Idempotent; the last line of its output says
# whether it changed anything. Given: KUAFU_APP, KUAFU_GROUP, KUAFU_ROOM, KUAFU_HOST, KUAFU_USER (may be empty),
# KUAFU_UID and KUAFU_GID (the account's numbers on the template host, may be empty).
set -eu

if [ -z "$KUAFU_USER" ] || id -u -- "$KUAFU_USER" >/dev/null 2>&1; then
  echo unchanged
  exit 0
fi

# The template's numbers are taken where they are free, so that files have the same owner everywhere.
gid_option='' uid_option=''
if [ -n "$KUAFU_GID" ] && ! getent group "$KUAFU_GID" >/dev/null; then gid_option="--gid=$KUAFU_GID"; fi
if [ -n "$KUAFU_UID" ] && ! getent passwd "$KUAFU_UID" >/dev/null; then uid_option="--uid=$KUAFU_UID"; fi

getent group "$KUAFU_USER" >/dev/null || groupadd --system ${gid_option:+"$gid_option"} "$KUAFU_USER"
useradd --system --no-create-home --shell /usr/sbin/nologin --gid "$KUAFU_USER" ${uid_option:+"$uid_option"} "$KUAFU_USER"
echo changed
