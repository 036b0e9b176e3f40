import type { OperationKinds } from '../plan/operation-kinds.js';

export const RESTART_OPERATIONS: Pick<OperationKinds, 'restart'> = {
  restart: { outcome: () => 'restarted', left: () => '', resumes: true },
};
