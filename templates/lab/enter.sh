#!/bin/sh
# enter.sh RESOLV_CONF HOSTS SSH_CONFIG COMMAND...: runs a command with the lab's resolver, names and ssh settings instead of
# the machine's, in its own mount namespace, which is gone when the command ends. A lab from an older kuafu may lack
# SSH_CONFIG.
[ ! -e /etc/resolv.conf ] || mount --bind "$1" /etc/resolv.conf
[ ! -e /etc/hosts ] || mount --bind "$2" /etc/hosts
[ ! -e /etc/ssh/ssh_config ] || [ ! -e "$3" ] || mount --bind "$3" /etc/ssh/ssh_config
shift 3
exec "$@"
