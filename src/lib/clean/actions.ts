import type { OperationKinds } from '../plan/operation-kinds.js';

export const CLEAN_OPERATIONS: Pick<OperationKinds, 'clean'> = {
  clean: {
    outcome: () => 'back in the pool',
    left: () => 'unfit still',
    resumes: true,
  },
};
