import type { SecretText } from '../masking/secret.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
import type { OperationKinds, OperationTraits } from '../plan/operation-kinds.js';
import { placeNames } from '../plan/place-names.js';
import type { Plan } from '../plan/plan.js';
import { restartsHosts } from '../plan/restarts-hosts.js';
import { scopeWords } from '../plan/scope.js';
import { plural } from '../plural.js';

export type EnvActions = EnvAction | EnvRollbackAction;

/** Writes an environment file. */
export interface EnvAction {
  readonly kind: 'env';
  readonly path: string;
  readonly mode: string;
  readonly values: readonly EnvValue[];
  /** What stood in the file stays beside it, for a rollback. */
  readonly keepsPrevious?: true;
  /** `user:group` for a file that is not there yet; absent: the account that writes it. */
  readonly owner?: string;
  /** Where a file is there these stay its own, but that nobody else may read it. */
  readonly keeps?: readonly ('mode' | 'owner')[];
  /** It is an expansion that brings it: an undo takes it away again. */
  readonly brings?: true;
}

/** Puts back what stood in an environment file before its last push. */
export interface EnvRollbackAction {
  readonly kind: 'env-rollback';
  readonly path: string;
  /** Inode and time of the previous version: the one that was there when the plan was made. No digest, as secrets are in it. */
  readonly version: string;
}

/** One line of an environment file. */
export interface EnvValue {
  readonly name: string;
  readonly value: SecretText;
}

export const isEnv = isKind<EnvAction>('env');
export const isEnvRollback = isKind<EnvRollbackAction>('env-rollback');

export const ENV_KINDS: KindsOf<EnvActions> = {
  env: {
    describe: ({ path, mode, values, keepsPrevious }) =>
      keepsPrevious
        ? `${path}, mode ${mode}, the previous version is kept`
        : `write ${path}, mode ${mode}, ${plural(values.length, 'value')}`,
  },
  'env-rollback': { describe: ({ path }) => `${path} as it was, the present one is kept` },
};

const AS_WRITTEN = { why: 'a service reads it when it starts', verb: 'restart' };

const WRITTEN: OperationTraits = {
  outcome: (plan) => (restartsHosts(plan) ? 'restarted' : 'done'),
  left: (plan) => (restartsHosts(plan) ? '' : 'with the old file, or in doubt'),
  resumes: true,
  undoneBy: (_id, plan: Plan) => `kuafu env rollback --app ${scopeWords(plan.scope).app} ${placeNames(plan)}`,
  next: (plan) => (restartsHosts(plan) ? undefined : AS_WRITTEN),
};

export const ENV_OPERATIONS: Pick<OperationKinds, 'env-push' | 'env-rollback'> = {
  'env-push': WRITTEN,
  'env-rollback': WRITTEN,
};
