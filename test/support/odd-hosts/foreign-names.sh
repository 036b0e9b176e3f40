#!/bin/sh
# foreign-names.sh: HAProxy calls its servers srv1, srv2, … and not by the names of their hosts.
set -eu

awk '$1 == "server" { $2 = "srv" ++count; print "  " $0; next } { print }' /etc/haproxy/haproxy.cfg > /etc/haproxy/named.cfg
mv /etc/haproxy/named.cfg /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy.service
