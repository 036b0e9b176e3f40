import { CARRIER, INTRANETS, networkOf, ROOM_ADDRESSES, type RoomName } from './address-plan.js';

/**
 * /etc/nftables.conf of a room's gateway. Table `gw`: users connect to the entry's address and reach the balancer; the room's
 * hosts reach the carrier with the gateway's address. Table `iso`: isolation of rooms. It is a base chain of its own at
 * priority -300, before connection tracking (-200), so that it cuts open connections at once. Its set has timeouts, so that a
 * cut ends by itself.
 */
export function renderGatewayRules(room: RoomName): string {
  const { entry, balancer } = ROOM_ADDRESSES[room];
  const network = networkOf(room);
  return `#!/usr/sbin/nft -f
flush ruleset
table inet gw {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    ip daddr ${entry} tcp dport { 80, 443 } dnat ip to ${balancer}
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr ${network} ip daddr ${CARRIER} oifname "eth2" masquerade
    ip saddr ${network} ip daddr ${network} ct status dnat masquerade comment "hairpin"
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "eth2" ct status dnat accept
    iifname { "eth0", "eth1" } accept
  }
}
table inet iso {
  set cut {
    type ipv4_addr
    flags interval, timeout
  }
  chain forward {
    type filter hook forward priority -300; policy accept;
    ip saddr @cut ip daddr ${INTRANETS} counter drop
    ip daddr @cut ip saddr ${INTRANETS} counter drop
  }
  chain input {
    type filter hook input priority -300; policy accept;
    iifname "eth1" ip saddr ${INTRANETS} ip daddr @cut counter drop
  }
}
include "/etc/nftables.d/*.nft"
`;
}
