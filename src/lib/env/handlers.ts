import type { HandlersOf } from '../run/step-handler.js';
import type { EnvActions } from './actions.js';
import { envRollbackHandler } from './rollback.js';
import { envHandler } from './write.js';

export const envHandlers: HandlersOf<EnvActions> = {
  'env.write': envHandler,
  'env.rollback': envRollbackHandler,
};
