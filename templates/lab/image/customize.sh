#!/bin/sh
# customize.sh ROOT: what every lab host has in common. Enabled per host, by src/lib/lab: haproxy, unbound, nftables, shop.
set -eu
root=$1

# Nothing to manage in a container: devices, seats, consoles, clock, network (laid by the lab from outside), package timers.
for unit in systemd-networkd.service systemd-networkd.socket systemd-resolved.service systemd-timesyncd.service \
  systemd-udevd.service systemd-udev-trigger.service systemd-hwdb-update.service systemd-logind.service \
  systemd-firstboot.service ldconfig.service console-getty.service getty.target e2scrub_reap.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer man-db.timer \
  unbound-resolvconf.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
# What boot would do and the image has done already (accounts, devices), or what has nothing to act on here. Each is a process
# at every boot, and two hundred hosts boot on the processors of one machine: this halves their time.
for unit in systemd-sysusers.service systemd-tmpfiles-setup-dev.service systemd-remount-fs.service \
  systemd-journal-flush.service systemd-update-utmp.service systemd-update-utmp-runlevel.service \
  dev-hugepages.mount sys-fs-fuse-connections.mount sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
  systemd-ask-password-wall.path systemd-ask-password-console.path; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
mkdir -p "$root/etc/systemd/system-generators"
for generator in "$root"/lib/systemd/system-generators/*; do
  ln -sf /dev/null "$root/etc/systemd/system-generators/$(basename "$generator")"
done
for unit in haproxy unbound nftables cron; do
  chroot "$root" systemctl disable -q "$unit" >/dev/null 2>&1 || true
done
ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"

# Every host gets its own; none is made at boot.
rm -f "$root"/etc/ssh/ssh_host_*
rm -f "$root/etc/resolv.conf" "$root/etc/hostname" "$root/etc/hosts"
: > "$root/etc/machine-id"

# Debian's defaults otherwise (MaxStartups 10:30:100 among them): clients have to live with them.
cat > "$root/etc/ssh/sshd_config.d/lab.conf" <<'CONF'
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
UseDNS no
CONF
# Without logind every session would wait for it.
sed -i 's/^session.*pam_systemd.so/#&/' "$root/etc/pam.d/common-session"

mkdir -p "$root/etc/systemd/journald.conf.d"
printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=8M\n' > "$root/etc/systemd/journald.conf.d/lab.conf"
