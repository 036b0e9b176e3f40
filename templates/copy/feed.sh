# shellcheck shell=sh disable=SC2154
# A part of member.sh: feeds the archive to other hosts.
. ./archive.sh

# give NAME OFFSET LINK [TAR_ARGUMENTS...]: the archive from OFFSET on, on standard output, while process LINK lives.
give() {
  name=$1 offset=$2 link=$3
  shift 3
  if [ "$role" = template ]; then
    if [ "$offset" -eq 0 ]; then pack "$name" "$@"
    else pack "$name" "$@" | tail -c +$((offset + 1)); fi
  else
    # tail would take a file that is still shorter for a truncated one, and start again.
    while have=$(stat -c %s part) || return; [ "$have" -lt "$offset" ]; do sleep 0.1; done
    # The receiver knows where the archive ends; it closes the link then.
    tail -c +$((offset + 1)) -f -s 0.05 --pid="$link" part
  fi
}

# A tar that was ended by a signal had lost its reader: that is no error of tar.
pack() {
  name=$1
  shift
  { archive "$@" 2> "words-$name" || [ $? -gt 128 ] || : > "torn-$name"; } | compress
}

# At most PIECE bytes in PAUSE seconds; the last piece is what is left.
paced() {
  name=$1 offset=$2
  while [ "$offset" -lt "$size" ]; do
    [ "$piece" -le $((size - offset)) ] || piece=$((size - offset))
    sleep "$pause" > /dev/null &
    dd bs="$block" count="$piece" iflag=fullblock,count_bytes status=none || return
    offset=$((offset + piece))
    echo "= $offset" > "gave-$name"
    wait $!
  done
}

# Forwards the packed archive; the kernel can be asked how many bytes went through.
metered() {
  name=$1 offset=$2
  exec 6<&0
  dd bs=65536 status=none <&6 6<&- &
  echo "$! $offset" > "gave-$name"
  wait $! && echo "= $size" > "gave-$name"
}

# How much of the archive went into each link so far. A link is only slow if it was given more than it delivered.
tell_given() {
  for file in gave-*; do
    { read -r giver base < "$file"; } 2>/dev/null || continue
    if [ "$giver" = = ]; then
      echo "gave ${file#gave-} $base" >&3
      continue
    fi
    while read -r key value; do
      if [ "$key" = wchar: ]; then echo "gave ${file#gave-} $((base + value))" >&3; fi
    done 2>/dev/null < "/proc/$giver/io"
  done
}

# The offset at which the receiver wants to continue: the first line of its own, after anything that a shell printed at login.
hear_offset() {
  (
    # A host may send endless data without a newline. Every shell that is sh on Linux has this limit.
    # shellcheck disable=SC3045
    ulimit -v 131072
    exec sed -n '/^kuafu-have [0-9]\{1,15\}$/{s/^kuafu-have //p;q;}' <&5 2>/dev/null > "have-$1" 3>&-
  ) &
  hearer=$!
  wait "$hearer"
  read -r offset < "have-$1" || offset=''
}

# feed NAME USER ADDRESS PORT TYPE KEY [TAR_ARGUMENTS...]
feed() {
  name=$1 target=$2@$3 port=$4
  link='' giver='' hearer=''
  # shellcheck disable=SC2086 # those that are there
  trap 'kill $link $giver $hearer 2>/dev/null; rm -f -- "gave-$name"; exit 0' TERM
  echo "$name $5 $6" > "known-$name"
  shift 6
  rm -f -- "to-$name" "from-$name" "torn-$name" "gave-$name"
  mkfifo "to-$name" "from-$name"
  ssh -F none -T -p "$port" -i "$spool/key" -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
    -o HostKeyAlias="$name" -o UserKnownHostsFile="$spool/known-$name" -o GlobalKnownHostsFile=/dev/null \
    -o StrictHostKeyChecking=yes -o UpdateHostKeys=no -o PreferredAuthentications=publickey -o LogLevel=ERROR \
    -o KexAlgorithms=curve25519-sha256,ecdh-sha2-nistp256 -o Compression=no \
    -o Ciphers=aes128-gcm@openssh.com,aes128-ctr,chacha20-poly1305@openssh.com \
    -o ConnectTimeout=5 -o ServerAliveInterval=5 -o ServerAliveCountMax=2 \
    "$target" < "to-$name" > "from-$name" 2> "error-$name" 3>&- &
  link=$!
  exec 4> "to-$name" 5< "from-$name"
  hear_offset "$name" 4>&-
  if [ -n "$offset" ]; then
    give_on "$@" >&4 2>/dev/null 3>&- &
    giver=$!
  fi
  exec 4>&-
  wait "$link"
  status=$?
  if [ -e "torn-$name" ]; then
    status=254
    cp "words-$name" "error-$name"
  fi
  rm -f -- "gave-$name"
  echo "fed $name $status $(tail -n 1 "error-$name" | tr -d '\r' | cut -c 1-300)" >&3
}

give_on() {
  if [ "$piece" -gt 0 ]; then give "$name" "$offset" "$link" "$@" | paced "$name" "$offset"
  elif [ "$role" = template ]; then give "$name" "$offset" "$link" "$@" | metered "$name" "$offset"
  else give "$name" "$offset" "$link" "$@"; fi
}

halt() {
  { read -r feeder < "feeder-$1"; } 2>/dev/null || return 0
  kill "$feeder" 2>/dev/null
  rm -f -- "feeder-$1"
}
