import type { OperationKinds } from '../plan/operation-kinds.js';
import { placeNames } from '../plan/place-names.js';
import { joinsTraffic } from '../traffic/actions.js';

const BACK = {
  outcome: (plan: Parameters<typeof joinsTraffic>[0]) => (joinsTraffic(plan) ? 'in traffic' : 'done'),
  left: () => 'out of traffic still',
  resumes: true,
} as const;

export const MAINTENANCE_OPERATIONS: Pick<
  OperationKinds,
  'traffic-drain' | 'traffic-ready' | 'traffic-repair'
> = {
  'traffic-drain': {
    outcome: () => 'out of traffic',
    left: () => 'in traffic, or not idle yet',
    resumes: true,
    undoneBy: (_id, plan) => `kuafu traffic ready ${placeNames(plan)}`,
    next: (_plan, { hosts }) => ({ why: 'bring back', command: `kuafu traffic ready ${hosts}` }),
  },
  'traffic-ready': {
    ...BACK,
    anew: (_plan, hosts) => `kuafu traffic ready ${hosts}`,
    undoneBy: (_id, plan) => `kuafu traffic drain ${placeNames(plan)}`,
  },
  'traffic-repair': BACK,
};
