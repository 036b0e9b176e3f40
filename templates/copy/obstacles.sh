#!/bin/sh
# obstacles.sh STATE REPLACE ENV WORDS...: what is at the paths of an app and must not be removed, a line each: `mount …`,
# `other …`, or `env …` for the environment file ENV (empty if there is none). Nothing is changed.
set -eu
export LC_ALL=C
brought=$1/brought replace=$2 env=$3
shift 3
. ./rules.sh
for word in "$@"; do
  case $word in --*) continue ;; esac
  found=$(own_way "${word#.}" 2>&1) || printf 'mount %s\n' "$found"
  obstacles "${word#.}" "$replace" "$@"
done
[ -z "$env" ] || found=$(own_way "$env" 2>&1) || printf 'mount %s\n' "$found"
if [ -n "$env" ] && [ "$replace" != replace ] && exists "$env"; then
  is_own "$env" "$env" || printf 'env %s was not brought by kuafu\n' "$env"
fi
