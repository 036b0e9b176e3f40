import type { OperationKinds } from '../plan/operation-kinds.js';
import { placeNames } from '../plan/place-names.js';
import { scopeWords } from '../plan/scope.js';
import { joinsTraffic } from '../traffic/actions.js';

export const START_OPERATIONS: Pick<OperationKinds, 'start'> = {
  start: {
    outcome: (plan) => (joinsTraffic(plan) ? 'in traffic' : 'started'),
    left: () => 'not brought into traffic',
    resumes: true,
    anew: ({ scope }, hosts) => `kuafu start --app ${scopeWords(scope).app} ${hosts}`,
    undoneBy: (_id, plan) => `kuafu traffic drain ${placeNames(plan)}`,
  },
};
