import { FailedError } from '../errors.js';
import { ROOMS, type RoomName } from './address-plan.js';
import { execInHost } from './host-exec.js';
import type { Lab } from './lab.js';
import { namespaceName } from './paths.js';
import { runTool, type ToolOptions } from './tool.js';
import { hostsOf, type Topology } from './topology.js';

/** The file on a gateway with these rules, for its next boot. */
export const PUBLISHED_RULES = '/etc/nftables.d/roles.nft';

/**
 * Rules through which users on the carrier's side reach what roles publish at a gateway. They are in a table of their own,
 * which is replaced as a whole: rules of the gateway itself, and the isolation of a room, stay. Undefined if nothing is
 * published.
 */
export function renderPublishedRules(topology: Topology, room: RoomName): string | undefined {
  const rules = hostsOf(topology, 'service', room).flatMap(({ address, service }) => {
    const { published } = service ?? {};
    if (published === undefined) return [];
    const to = `meta l4proto { tcp, udp } th dport ${published.port} dnat to ${address}`;
    return [`    ip daddr ${published.address} ${to}`];
  });
  if (rules.length === 0) return undefined;
  return `table ip roles
delete table ip roles
table ip roles {
  chain prerouting {
    type nat hook prerouting priority dstnat;
${rules.join('\n')}
  }
}
`;
}

/** Gives running gateways the rules that were added since they booted. */
export async function publish(lab: Lab, options: ToolOptions): Promise<void> {
  for (const room of ROOMS) {
    for (const gateway of hostsOf(lab.topology, 'gateway', room)) {
      const rules = renderPublishedRules(lab.topology, room);
      if (rules === undefined) continue;
      const namespace = namespaceName(lab.name, gateway.name);
      for (const { device, addresses } of gateway.links)
        for (const address of addresses)
          await runTool('ip', ['-n', namespace, 'addr', 'replace', `${address}/24`, 'dev', device], options);
      const { exitCode, stderr } = await execInHost(lab.name, gateway.name, ['nft', '-f', '-'], {
        input: rules,
      });
      if (exitCode !== 0) throw new FailedError(`${gateway.name} does not take its rules: ${stderr.trim()}`);
    }
  }
}
