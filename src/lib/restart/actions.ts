import type { OperationKinds } from '../plan/operation-kinds.js';
import { scopeWords } from '../plan/scope.js';

export const RESTART_OPERATIONS: Pick<OperationKinds, 'restart'> = {
  restart: {
    outcome: () => 'restarted',
    left: () => '',
    resumes: true,
    anew: ({ scope }, hosts) => `kuafu restart --app ${scopeWords(scope).app} ${hosts}`,
  },
};
