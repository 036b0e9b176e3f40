// Folders of the operating system itself (hier(7)). To copy one as a whole would overwrite what makes the new host itself:
// its accounts, host keys, addresses, packages. Folders inside them that belong to an application are fine.
const WHOLE = new Set(
  `/ /bin /boot /dev /etc /home /lib /lib32 /lib64 /libx32 /lost+found /media /mnt /opt /proc /root /run /sbin /srv /sys
  /tmp /usr /usr/bin /usr/include /usr/lib /usr/lib32 /usr/lib64 /usr/libexec /usr/local /usr/local/bin /usr/local/lib
  /usr/local/sbin /usr/sbin /usr/share /usr/src /var /var/backups /var/cache /var/lib /var/lib/dpkg /var/lib/systemd
  /var/local /var/lock /var/log /var/mail /var/opt /var/run /var/spool /var/tmp /etc/default /etc/network /etc/pam.d
  /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/fstab /etc/hostname /etc/hosts /etc/machine-id /etc/ssh
  /etc/ssl /etc/systemd /etc/systemd/network /etc/systemd/system /etc/sudoers /etc/sudoers.d`.split(/\s+/),
);

const NEVER = /^\/(dev|proc|sys)\//;

/** Why a path must not be copied from host to host, if so. */
export function systemFolderProblem(path: string): string | undefined {
  if (WHOLE.has(path))
    return `${path} belongs to the operating system; name the files and folders of the app inside it`;
  if (NEVER.test(path)) return `${path} is no file of a disk`;
  return undefined;
}
