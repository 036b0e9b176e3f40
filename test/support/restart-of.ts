import type { Lane, Plan } from '../../src/lib/plan/plan.js';
import { hostNamed } from './fake-room.js';

/** The plan of a restart in room B: a lane for each host, with its steps. Actions need not be whole. */
export function restartOf(
  lanes: Readonly<Record<string, readonly unknown[]>>,
  over: Partial<Plan> = {},
): Plan {
  const hosts = Object.keys(lanes);
  return {
    version: 2,
    kind: 'restart',
    title: 'a restart',
    scope: { apps: ['shop'], groups: ['web'], rooms: ['B'] },
    locks: [],
    claims: [],
    hosts: hosts.map(hostNamed),
    stages: [
      {
        id: 'restart',
        title: 'restart',
        lanes: hosts.map((host) => ({ name: host, host, steps: lanes[host] }) as Lane),
        standby: [],
        pass: 'each',
        mustFinish: true,
      },
    ],
    risks: [],
    ...over,
  };
}
