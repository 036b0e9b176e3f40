import { createHash } from 'node:crypto';
import type { RoomName } from './address-plan.js';
import type { TreeEntry } from './file-tree.js';
import { renderGatewayRules } from './gateway-rules.js';
import { PUBLISHED_RULES, renderPublishedRules } from './published-rules.js';
import {
  renderBalancerConfig,
  renderHostsFile,
  renderResolvConf,
  renderResolverConfig,
  renderShopEnv,
} from './service-configs.js';
import type { LabHost, Topology } from './topology.js';

export interface HostKeys {
  /** Private key of the host's sshd, and its public half. */
  readonly hostKey: string;
  readonly hostPublicKey: string;
  /** The content of root's authorized_keys. */
  readonly authorizedKey: string;
}

/** The own files of a host: all that differs from other hosts. Pure. */
export function hostFiles(topology: Topology, host: LabHost, keys: HostKeys): readonly TreeEntry[] {
  return [...identity(topology, host), ...sshFiles(keys), ...serviceFiles(topology, host)];
}

function identity(topology: Topology, host: LabHost): readonly TreeEntry[] {
  const machineId = createHash('sha256').update(`${topology.name}/${host.name}`).digest('hex').slice(0, 32);
  return [
    { path: '/etc/hostname', content: `${host.name}\n` },
    { path: '/etc/machine-id', content: `${machineId}\n`, mode: 0o444 },
    { path: '/etc/hosts', content: renderHostsFile(topology.hosts) },
    { path: '/etc/resolv.conf', content: renderResolvConf() },
  ];
}

function sshFiles(keys: HostKeys): readonly TreeEntry[] {
  return [
    { path: '/etc/ssh/ssh_host_ed25519_key', content: keys.hostKey, mode: 0o600 },
    { path: '/etc/ssh/ssh_host_ed25519_key.pub', content: keys.hostPublicKey },
    { path: '/root', folder: true, mode: 0o700 },
    { path: '/root/.ssh', folder: true, mode: 0o700 },
    { path: '/root/.ssh/authorized_keys', content: keys.authorizedKey, mode: 0o600 },
  ];
}

function serviceFiles(topology: Topology, host: LabHost): readonly TreeEntry[] {
  if (host.kind === 'resolver') {
    return [
      { path: '/etc/unbound/unbound.conf.d/lab.conf', content: renderResolverConfig() },
      enabled('unbound', 'multi-user'),
    ];
  }
  if (host.service !== undefined) return roleFiles(host.service);
  if (host.room === undefined) return [];
  switch (host.kind) {
    case 'gateway':
      return [
        { path: '/etc/nftables.conf', content: renderGatewayRules(host.room), mode: 0o755 },
        ...publishedRules(topology, host.room),
        enabled('nftables', 'sysinit'),
      ];
    case 'balancer':
      return [
        { path: '/etc/haproxy/haproxy.cfg', content: renderBalancerConfig(topology, host.room) },
        enabled('haproxy', 'multi-user'),
      ];
    case 'web':
      return [{ path: '/etc/shop/env', content: renderShopEnv(host.room), mode: 0o640 }];
    default:
      return [];
  }
}

function publishedRules(topology: Topology, room: RoomName): readonly TreeEntry[] {
  const content = renderPublishedRules(topology, room);
  return content === undefined ? [] : [{ path: PUBLISHED_RULES, content }];
}

function roleFiles({ files, units }: NonNullable<LabHost['service']>): readonly TreeEntry[] {
  return [...files, ...units.map((unit) => enabled(unit, 'multi-user'))];
}

/** The links that `systemctl enable` makes for these units. */
function enabled(unit: string, target: string): TreeEntry {
  return {
    path: `/etc/systemd/system/${target}.target.wants/${unit}.service`,
    target: `/lib/systemd/system/${unit}.service`,
  };
}
