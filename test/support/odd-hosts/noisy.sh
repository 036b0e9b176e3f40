#!/bin/sh
# noisy.sh: makes root's shell talk, as those of people do. Every command over SSH then begins with words that are not its own,
# on both streams, with and without a line end, and some that look like an answer.
set -eu

cat > /root/.bashrc <<'EOF'
printf '\033]0;%s\007' "$(hostname)"
echo "Welcome to $(hostname). 3 updates are ready."
echo 42
echo '{"state": "done"}'
head -c 5000 /dev/zero | tr '\0' '#'
echo
echo "bash: warning: setlocale: LC_ALL: cannot change locale (xx_XX.UTF-8)" >&2
printf 'You have mail in /var/mail/root ' >&2
# On every other host the last words have no line end, and what follows stands on the same line.
case $(hostname) in
*[13579] | *-a) printf 'ready' ;;
*) echo 'ready' ;;
esac
EOF

cat > /etc/profile.d/noise.sh <<'EOF'
echo "This system is monitored."
printf 'profile ' >&2
EOF

# sshd runs it before the shell of each session (sshd(8), SSHRC).
cat > /etc/ssh/sshrc <<'EOF'
echo "sshrc was here"
printf 'sshrc ' >&2
EOF
