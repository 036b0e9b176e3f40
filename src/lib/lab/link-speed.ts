import { namespaceName } from './paths.js';
import { runTool, tryTool } from './tool.js';
import type { LabHost } from './topology.js';

/** The size of the queue and its longest delay (tc-tbf(8)): enough for one host's TCP to keep its link full. */
const BURST = '128kb';
const LATENCY = '200ms';

/**
 * Sets the speed of all wires of a host, in bits a second for each direction; undefined: no limit. Both ends get a token
 * bucket, because a queue shapes only outgoing traffic.
 */
export async function limitLinkSpeed(
  lab: string,
  host: LabHost,
  bitsPerSecond: number | undefined,
): Promise<void> {
  for (const { device, segment } of host.links)
    for (const [namespace, port] of [
      [namespaceName(lab, host.name), device],
      [namespaceName(lab, segment), host.name],
    ] as const) {
      const on = ['-n', namespace, 'qdisc'];
      await tryTool('tc', [...on, 'del', 'dev', port, 'root']);
      if (bitsPerSecond === undefined) continue;
      const rate = `${bitsPerSecond}bit`;
      await runTool('tc', [
        ...[...on, 'add', 'dev', port, 'root', 'tbf'],
        ...['rate', rate, 'burst', BURST, 'latency', LATENCY],
      ]);
    }
}
