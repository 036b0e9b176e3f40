import type { OperationKinds } from '../plan/operation-kinds.js';
import { placeNames } from '../plan/place-names.js';
import { joinsTraffic } from '../traffic/actions.js';

export const START_OPERATIONS: Pick<OperationKinds, 'start'> = {
  start: {
    outcome: (plan) => (joinsTraffic(plan) ? 'in traffic' : 'started'),
    left: () => 'not brought into traffic',
    resumes: true,
    undoneBy: (_id, plan) => `kuafu traffic drain ${placeNames(plan)}`,
  },
};
