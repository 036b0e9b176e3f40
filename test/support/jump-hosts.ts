import type { Host } from '../../src/lib/names/host.js';
import type { FindJumpHost } from '../../src/lib/ssh/route.js';

/** Finds jump hosts among these by their names; any other is at its own address, with account and keys of the target. */
export function jumpHosts(...hosts: readonly Host[]): FindJumpHost {
  return ({ host, user, port }, target) => {
    const known = hosts.find(({ name }) => name === host);
    const ssh = known?.ssh ?? { ...target.ssh, address: host, port: 22, proxyJump: [], hostKeys: 'strict' };
    const name = known?.name ?? (port === undefined ? host : `${host}:${port}`);
    return {
      name,
      room: 'A',
      role: 'gateway',
      ssh: { ...ssh, user: user ?? ssh.user, port: port ?? ssh.port },
    };
  };
}
