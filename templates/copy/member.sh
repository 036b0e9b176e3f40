#!/bin/sh
# member.sh SPOOL ROLE SIZE CHUNK SOURCES CODEC [TAR_ARGUMENTS...]: one host of a copy chain, while the chain is at work.
#
# SPOOL: /var/lib/kuafu/OPERATION.ATTEMPT, a folder of this process alone. ROLE receiver: what arrives is kept there in
# `part`, digested, and given on while it grows. ROLE template: packs the archive (CODEC, TAR_ARGUMENTS) each time it is
# asked for it. SIZE: bytes of the archive. CHUNK: bytes given on in a quarter of a second, 0 for no limit. SOURCES:
# addresses from which a receiver may be fed, as authorized_keys has them.
#
# The controller talks on standard input, a line at a time:
#   key BASE64            private key of the operation        public TYPE KEY    and its public half; then it is ready
#   beat                  we live                             halt NAME          stop feeding NAME
#   feed NAME USER ADDRESS PORT TYPE KEY                      give the archive to host NAME, which has this host key
#   size                  how much is here?
# and is told on standard output:
#   ready                 N bytes                             sum DIGEST
#   fed NAME STATUS TEXT  feeding ended; 255: no login, or the link broke; 254: it could not be packed here
#
# When standard input ends, or nobody has said anything for 20 seconds, all that was put here is taken away again. The key
# is good for a minute and renewed while the archive is on its way; with the last byte it is gone.
set -u
umask 077
export LC_ALL=C
spool=$1 role=$2 size=$3 chunk=$4 sources=$5 codec=$6
shift 6
mark=kuafu-${spool##*/}
silent_s=20 key_lives_s=60 renew_s=20
exec 3>&1

# A host belongs to one operation at a time: what others left here when they were cut off is of no use to anybody.
if [ "$role" = receiver ]; then
  rm -rf -- /var/lib/kuafu/[0-9][0-9][0-9][0-9][0-9][0-9]-????.*
fi
mkdir -p -- "$spool" && cd "$spool" || exit 1

# set_keys OF [LINE]: authorized_keys without the lines of ours that end in the pattern OF, and with LINE. Renamed into
# place, so that nobody is ever locked out.
set_keys() {
  [ "$role" = receiver ] || return 0
  [ -d "$HOME/.ssh" ] || mkdir -p -- "$HOME/.ssh"
  file=$(readlink -f -- "$HOME/.ssh/authorized_keys")
  [ -e "$file" ] || : > "$file" || return 1
  new=$file.$mark
  cp -p -- "$file" "$new" && # its owner and mode
    sed "/ kuafu-$1\$/d" -- "$file" > "$new" &&
    { [ -z "$(tail -c 1 -- "$new")" ] || echo >> "$new"; } && # somebody left out the end of the last line
    printf '%s' "${2-}" >> "$new" && mv -f -- "$new" "$file" && return
  rm -f -- "$new"
  return 1
}

authorize() {
  until=$(date -d "+$key_lives_s seconds" '+%Y%m%d%H%M%S %s')
  renewed=$((${until#* } - key_lives_s))
  set_keys '[0-9]\{6\}-[a-z0-9]\{4\}\.[0-9a-f]*' \
    "restrict,command=\"sh $spool/receive\",from=\"$sources\",expiry-time=\"${until% *}\" $public $mark
"
}

revoke() {
  [ "$renewed" -eq 0 ] || set_keys "$(printf %s "${mark#kuafu-}" | sed 's/\./\\./')" && renewed=0
}

end() {
  trap '' TERM HUP INT
  revoke
  stop_receiver
  cd /
  rm -rf -- "$spool"
  kill -TERM 0
}

stop_receiver() {
  pid=$(cat receiver 2>/dev/null) || return 0
  # A number is given to another process when ours is long gone.
  [ "$(readlink "/proc/$pid/cwd")" = "$spool" ] && kill "$pid" 2>/dev/null
}

# What the key of the operation may do on this host: bring the rest of this archive.
write_receive() {
  cat > receive <<RECEIVE
cd '$spool' || exit 1
umask 077
old=\$(cat receiver 2>/dev/null)
if [ -n "\$old" ] && [ "\$(readlink "/proc/\$old/cwd")" = '$spool' ]; then
  kill "\$old" 2>/dev/null
  while kill -0 "\$old" 2>/dev/null; do sleep 0.02; done
fi
echo \$\$ > receiver
have=\$(stat -c %s part) && echo "\$have" || exit 1
exec dd bs=65536 iflag=fullblock,count_bytes count=\$(($size - have)) status=none >> part
RECEIVE
}

digest() {
  sum=$(tail -c +1 -f -s 0.05 --pid=$$ part 2>/dev/null |
    dd bs=131072 iflag=fullblock,count_bytes count="$size" status=none | b2sum)
  : > whole
  echo "sum ${sum%% *}" >&3
}

# give NAME OFFSET LINK [TAR_ARGUMENTS...]: the archive from there on, on standard output, as long as process LINK lives.
give() {
  name=$1 offset=$2 link=$3
  shift 3
  if [ "$role" = template ]; then
    pack "$name" "$@" | tail -c +$((offset + 1))
  else
    # tail would take a file that is still shorter for one that was cut, and begin anew.
    while [ "$(stat -c %s part)" -lt "$offset" ]; do sleep 0.1; done
    # The receiver knows the end, and the link goes with it.
    tail -c +$((offset + 1)) -f -s 0.05 --pid="$link" part
  fi
}

# A tar that was ended by a signal lost its reader: that is not its fault.
pack() {
  name=$1
  shift
  { tar --create --file=- --directory=/ --sort=name --format=gnu --anchored --no-wildcards "$@" 2> "words-$name" ||
    [ $? -gt 128 ] || : > "torn-$name"; } |
    if [ "$codec" = zstd ]; then zstd -q -1 -T1 -c; else gzip -1 -n; fi
}

# No more than CHUNK bytes in a quarter of a second.
paced() {
  left=$1
  while [ "$left" -gt 0 ]; do
    dd bs="$chunk" count=1 iflag=fullblock status=none || return
    left=$((left - chunk))
    sleep 0.25
  done
}

# feed NAME USER ADDRESS PORT TYPE KEY [TAR_ARGUMENTS...]
feed() {
  name=$1 target=$2@$3 port=$4
  link='' giver=''
  trap 'kill $link $giver 2>/dev/null; exit 0' TERM
  echo "$name $5 $6" > "known-$name"
  shift 6
  rm -f -- "to-$name" "from-$name" "torn-$name"
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
  read -r offset <&5
  case $offset in
  '' | *[!0-9]*) ;;
  *)
    if [ "$chunk" -eq 0 ]; then give "$name" "$offset" "$link" "$@"
    else give "$name" "$offset" "$link" "$@" | paced $((size - offset)); fi >&4 2>/dev/null 3>&- &
    giver=$! ;;
  esac
  exec 4>&-
  wait "$link"
  status=$?
  if [ -e "torn-$name" ]; then
    status=254
    cp "words-$name" "error-$name"
  fi
  echo "fed $name $status $(tail -n 1 "error-$name" | tr -d '\r')" >&3
}

halt() {
  [ -e "feeder-$1" ] || return 0
  kill "$(cat "feeder-$1")" 2>/dev/null
  rm -f -- "feeder-$1"
}

watch() {
  while sleep "$silent_s"; do
    [ beat -nt looked ] || kill -TERM $$
    : > looked
  done
}

renewed=0
trap end TERM HUP INT
: > looked
: > beat
watch 3>&- &
while IFS=' ' read -r verb a b c d e f; do
  : > beat
  case $verb in
  key) printf %s "$a" | base64 -d > key ;;
  public)
    public="$a $b"
    if [ "$role" = receiver ]; then
      : > part && write_receive && authorize || break
      digest &
    fi
    echo ready ;;
  feed)
    halt "$a"
    feed "$a" "$b" "$c" "$d" "$e" "$f" "$@" &
    echo $! > "feeder-$a" ;;
  halt) halt "$a" ;;
  size) stat -c '%s bytes' part >&3 ;;
  esac
  if [ "$renewed" -eq 0 ]; then continue; fi
  if [ -e whole ]; then revoke
  elif [ $(($(date +%s) - renewed)) -ge "$renew_s" ]; then authorize; fi
done
end
