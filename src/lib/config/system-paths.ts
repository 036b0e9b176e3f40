import { posix } from 'node:path';

/**
 * The only table of the paths that belong to the operating system (hier(7)), for all that kuafu copies between hosts, writes or
 * removes. A copy of one of these would overwrite what makes the new host itself: its accounts, keys, addresses, packages.
 */

/** Refused as a whole; folders inside them that belong to an application are allowed. */
const WHOLE = new Set(
  words(`/ /bin /boot /dev /etc /home /lib /lib32 /lib64 /libx32 /lost+found /media /mnt /opt /proc /root /run /sbin /srv
  /snap /sys /tmp /usr /var
  /usr/include /usr/local/games /usr/local/include /usr/local/man /usr/local/src /usr/src /usr/games
  /usr/lib/systemd /usr/lib/systemd/system /usr/lib/systemd/user /lib/systemd /lib/systemd/system
  /usr/local/lib/systemd /usr/local/lib/systemd/system
  /usr/lib/x86_64-linux-gnu /usr/lib/aarch64-linux-gnu /usr/lib/python3 /usr/share/ca-certificates
  /usr/local/share/ca-certificates /usr/share/zoneinfo
  /var/backups /var/crash /var/local /var/mail /var/opt /var/run /var/lib/systemd /var/lib/private /var/spool/cron
  /etc/systemd/system /etc/systemd/user /etc/alternatives /etc/cron.daily /etc/cron.hourly /etc/cron.monthly
  /etc/cron.weekly /etc/cron.d /etc/rc.local /etc/dbus-1 /etc/ld.so.conf.d /etc/logrotate.d /etc/modprobe.d
  /etc/modules-load.d /etc/profile.d /etc/rsyslog.d /etc/sudoers.d /etc/sysctl.d /etc/tmpfiles.d /etc/udev
  /etc/update-motd.d /etc/iproute2 /etc/ca-certificates /etc/skel /etc/security
  /etc/security/limits.d`),
);

/** Refused with everything inside them. */
const NOTHING_IN = words(`/boot /dev /proc /sys /run/systemd /run/udev /lost+found /var/lib/kuafu
  /etc/ssh /etc/pam.d /etc/apt /etc/dpkg /etc/network /etc/netplan /etc/NetworkManager /etc/systemd/network
  /etc/selinux /etc/apparmor.d /etc/ssl/private /etc/yum.repos.d /etc/dnf
  /etc/passwd /etc/passwd- /etc/group /etc/group- /etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow- /etc/subuid
  /etc/subgid /etc/fstab /etc/crypttab /etc/mtab /etc/hostname /etc/hosts /etc/resolv.conf /etc/nsswitch.conf
  /etc/machine-id /etc/adjtime /etc/localtime /etc/timezone /etc/os-release /etc/sudoers /etc/crontab /etc/profile
  /etc/environment /etc/bash.bashrc /etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.preload
  /var/lib/dpkg /var/lib/apt /var/lib/rpm /var/lib/dbus /var/lib/systemd/random-seed
  /root/.ssh /root/.gnupg /root/.bashrc /root/.profile /root/.bash_profile
  /vmlinuz /vmlinuz.old /initrd.img /initrd.img.old
  /usr/bin/sh /usr/bin/bash /usr/bin/dash /usr/bin/env /usr/bin/login /usr/bin/mount /usr/bin/su /usr/bin/sudo
  /usr/bin/systemctl /usr/bin/tar /usr/sbin/init /usr/sbin/sshd /usr/sbin/reboot /usr/lib/systemd/systemd
  /usr/lib/ld-linux.so.2 /usr/lib64/ld-linux-x86-64.so.2 /usr/lib/ld-linux-aarch64.so.1 /usr/lib/os-release`);

/** System folders at the second and third level, below any parent. */
const SYSTEM_FOLDER =
  /^\/(usr|usr\/local|var|etc|run|srv|home)\/(bin|sbin|lib|lib32|lib64|libx32|libexec|share|local|log|cache|spool|tmp|etc|systemd|ssh|ssl|apt|default|init\.d|cron\.d|lock|user)$/;

/**
 * Units of the system by their names, with the files beside them: without them a host is not reached, or does not boot. Also the
 * `wants` of its targets, which are the links of all enabled units (systemd.special(7)).
 */
const SYSTEM_UNIT =
  /^(\/etc|\/usr\/lib|\/usr\/local\/lib)\/systemd\/system\/((ssh|sshd|dbus|dbus-broker|networking|network|NetworkManager|getty|serial-getty|console-getty|systemd-[^/@]*)(@[^/]*)?\.(service|socket)|(default|multi-user|graphical|basic|sysinit|rescue|emergency|network|network-online|local-fs|remote-fs|sockets|timers|getty|cloud-init)\.target)(\.(d|wants|requires))?$/;

/** Keys of any account. */
const KEYS = /^\/home\/[^/]+\/\.(ssh|gnupg)(\/|$)/;

/** Why a path must not be copied to a host, written or removed there; undefined when it may. */
export function systemPathProblem(path: string): string | undefined {
  if (!path.startsWith('/') || posix.normalize(path) !== path || (path !== '/' && path.endsWith('/')))
    return `${JSON.stringify(path)} is no absolute path`;
  if (/\.kuafu-[a-z]/.test(path))
    return `${path} has a name that kuafu itself gives, beside what it replaces`;
  const merged = inUsr(path);
  const folder = NOTHING_IN.find((name) => isIn(merged, name));
  if (folder !== undefined || KEYS.test(path) || SYSTEM_UNIT.test(merged))
    return `${path} belongs to the host itself, not to an app`;
  if (WHOLE.has(path) || WHOLE.has(merged) || SYSTEM_FOLDER.test(path))
    return `${path} belongs to the operating system; name the files and folders of the app inside it`;
  return undefined;
}

/** Folders whose files the system itself runs or reads; the operator who copies one should know. */
const OBEYED =
  words(`/etc/cron.d /etc/cron.daily /etc/cron.hourly /etc/cron.weekly /etc/cron.monthly /etc/sudoers.d
  /etc/profile.d /etc/udev /etc/init.d /etc/rc.local /var/spool/cron /etc/ld.so.conf.d /usr/bin /usr/sbin
  /usr/lib/systemd /usr/lib/x86_64-linux-gnu /usr/lib/aarch64-linux-gnu /etc/systemd/system.conf.d`);

/** The effect of a copy of this path on every new host, beside the app itself; undefined when there is none. */
export function systemPathRisk(path: string): string | undefined {
  const folder = OBEYED.find((name) => inUsr(path).startsWith(`${name}/`));
  return folder && `${path} is copied to the new hosts, and what is in ${folder} the system itself obeys`;
}

/** On current systems /bin, /sbin and /lib are links into /usr, so that a file has two paths (file-hierarchy(7)). */
function inUsr(path: string): string {
  return /^\/(bin|sbin|lib|lib32|lib64|libx32)\//.test(path) ? `/usr${path}` : path;
}

/** Whether a path is a folder or is inside it; both in the form that systemPathProblem takes. */
export function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function words(text: string): string[] {
  return text.split(/\s+/);
}
