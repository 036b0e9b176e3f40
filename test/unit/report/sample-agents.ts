import type { Agent } from '../../../src/lib/report/agents.js';
import { silent, use } from './sample-resources.js';

export function agent(host: string, offsetMs: number, more: Partial<Agent> = {}): Agent {
  const { places: _places, versions: _versions, ...answer } = use(host, [['failed=cron.service', 'failed=']]);
  return {
    ...answer,
    role: 'member',
    address: '198.18.2.11',
    clock: { answerMs: 20, offsetMs },
    hostKey: 'ssh-ed25519 SHA256:AAAA',
    loginNoise: '',
    lastOperation: { id: '261125-abcd', kind: 'scale', state: 'done', at: '2026-11-25T03:00:00.000Z' },
    drained: [],
    ...more,
  };
}

const { places: _places, versions: _versions, ...answer } = silent('web-b-4');
const nothing = { clock: undefined, hostKey: '', loginNoise: '', lastOperation: undefined, drained: [] };

/** Two that are alike, one with a wrong clock, one that is silent. */
export const sampleAgents: readonly Agent[] = [
  agent('web-b-1', 3),
  agent('web-b-2', -12),
  agent('web-b-3', 65_000),
  { ...answer, ...nothing, role: 'member', address: '198.18.2.14' },
];
