#!/bin/sh
# hardened.sh KIND: hardens sshd, umask and mounts as the usual baselines ask (CIS Debian 12 Benchmark 1.1.2, 5.1, 5.4.3; the
# SSH guides of Mozilla and ANSSI). A balancer keeps the forwarding of Unix sockets: HAProxy's is reached by it.
set -eu
kind=$1

unix_sockets=no
[ "$kind" != balancer ] || unix_sockets=local

# The first word on each matter counts (sshd_config(5)), and this file is read first.
cat > /etc/ssh/sshd_config.d/00-hardened.conf <<EOF
AllowTcpForwarding no
AllowStreamLocalForwarding $unix_sockets
AllowAgentForwarding no
X11Forwarding no
GatewayPorts no
PermitTunnel no
PermitTTY no
PermitUserRC no
PermitUserEnvironment no
MaxSessions 1
MaxStartups 10:30:60
MaxAuthTries 4
LoginGraceTime 60
ClientAliveInterval 15
ClientAliveCountMax 3
LogLevel VERBOSE
Banner /etc/issue.net
HostbasedAuthentication no
PermitEmptyPasswords no
KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
EOF
printf 'Authorized users only.\nAll activity is monitored and reported.\n' > /etc/issue.net
sshd -t
systemctl reload ssh.service

grep -q pam_umask /etc/pam.d/common-session ||
  printf 'session optional pam_umask.so umask=077\n' >> /etc/pam.d/common-session
sed -i 's/^UMASK.*/UMASK 077/' /etc/login.defs

cat > /etc/systemd/system/noexec.service <<'EOF'
[Unit]
Description=No programs in folders that all may write
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for folder in /tmp /var/tmp /dev/shm; do mountpoint -q $$folder || mount --bind $$folder $$folder; mount -o remount,bind,noexec,nosuid,nodev $$folder; done'
[Install]
WantedBy=multi-user.target
EOF
systemctl enable --now --quiet noexec.service
