#!/bin/sh
# layer.sh LAYER IMAGE PACKAGES APT_OPTIONS [PATH CONTENT]...
# Installs packages over the image, with files laid there first, and keeps what is new in the folder LAYER, unless it is there.
# Runs as build.sh does: under its lock, and in PID and mount namespaces of its own, so nothing of a killed one stays mounted.
set -eu
umask 022
layer=$1 image=$2 packages=$3 apt_options=$4
shift 4

if [ -d "$layer" ]; then exit 0; fi
part=$(dirname "$layer")/part
rm -rf --one-file-system "$part"
mkdir -p "$part/upper" "$part/work" "$part/root"
while [ $# -gt 0 ]; do
  mkdir -p "$part/upper$(dirname "$1")"
  printf '%s' "$2" > "$part/upper$1"
  shift 2
done
root=$part/root
mount -t overlay overlay -o "lowerdir=$image,upperdir=$part/upper,workdir=$part/work" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"

# The apt of this machine reaches its mirrors, with its keys and passwords, and dpkg works in the root: as mmdebstrap does it.
export APT_CONFIG="$part/apt.conf" DEBIAN_FRONTEND=noninteractive
cat > "$APT_CONFIG" <<CONF
Dir "$root";
Dir::Etc::SourceList "/etc/apt/sources.list";
Dir::Etc::SourceParts "/etc/apt/sources.list.d";
Dir::Etc::Trusted "/etc/apt/trusted.gpg";
Dir::Etc::TrustedParts "/etc/apt/trusted.gpg.d";
Dir::Etc::netrc "/etc/apt/auth.conf";
Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
DPkg::Chroot-Directory "$root";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
$apt_options
CONF
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
apt-get update -qq
# One word for each package.
# shellcheck disable=SC2086
apt-get install -qq --yes $packages >&2
rm "$root/usr/sbin/policy-rc.d"
umount "$root/dev" "$root/proc" "$root"

# Nothing starts by itself: a host says what it starts.
find "$part/upper/etc/systemd/system" -type l -path '*.wants/*' -delete
(cd "$part/upper" && rm -rf --one-file-system var/lib/apt var/cache/apt var/log dev proc)

sync -f "$part"
mv -T "$part/upper" "$layer"
rm -rf --one-file-system "$part"
