import type { HostDescription } from '../../inventory/host-description.js';

/** `kuafu config hosts --json`; schemas/config-hosts.schema.json. */
export function configHostsDocument(file: string, hosts: readonly HostDescription[]): object {
  return { kind: 'kuafu.config-hosts', version: 1, file, hosts: hosts.map(hostDocument) };
}

function hostDocument({ host, room, role, ssh, knownHosts, jumps, places, notes }: HostDescription): object {
  return {
    host,
    room,
    role,
    address: ssh.address,
    port: ssh.port,
    user: ssh.user,
    jumps,
    identityFiles: ssh.identityFiles,
    certificateFiles: ssh.certificateFiles ?? [],
    identitiesOnly: ssh.identitiesOnly ?? false,
    agent: agentOf(ssh.agentSocket),
    knownHosts,
    hostKeyAlias: ssh.hostKeyAlias ?? null,
    hostKeys: ssh.hostKeys,
    connectTimeoutMs: ssh.connectTimeoutMs,
    addressFamily: ssh.addressFamily ?? null,
    bindAddress: ssh.bindAddress ?? null,
    refused: ssh.proxyCommand === undefined ? (ssh.refusal ?? null) : `ProxyCommand ${ssh.proxyCommand}`,
    from: places,
    notes,
  };
}

/** The socket in SSH_AUTH_SOCK by default. */
function agentOf(socket: string | null | undefined): string | null {
  return socket === undefined ? 'SSH_AUTH_SOCK' : socket;
}
