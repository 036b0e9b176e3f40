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
  readonly kind: 'env.write';
  readonly path: string;
  readonly mode: string;
  readonly values: readonly EnvValue[];
  /** The previous content is kept beside the file, for a rollback. */
  readonly keepsPrevious?: true;
  /** `user:group` for a file that does not exist yet; absent: the account that writes it. */
  readonly owner?: string;
  /** If the file exists, it keeps these, but other users lose the right to read it. */
  readonly keeps?: readonly ('mode' | 'owner')[];
  /** An expansion brings the file: an undo removes it again. */
  readonly brings?: true;
}

/** Restores the content that an environment file had before its last push. */
export interface EnvRollbackAction {
  readonly kind: 'env.rollback';
  readonly path: string;
  /** Inode and time of the previous version that was there when the plan was made. No digest, because the file holds secrets. */
  readonly version: string;
}

/** One line of an environment file. */
export interface EnvValue {
  readonly name: string;
  readonly value: SecretText;
}

export const isEnv = isKind<EnvAction>('env.write');
export const isEnvRollback = isKind<EnvRollbackAction>('env.rollback');

export const ENV_KINDS: KindsOf<EnvActions> = {
  'env.write': {
    describe: ({ path, mode, values, keepsPrevious }) =>
      keepsPrevious
        ? `${path}, mode ${mode}, the previous version is kept`
        : `write ${path}, mode ${mode}, ${plural(values.length, 'value')}`,
  },
  'env.rollback': { describe: ({ path }) => `${path} as it was, the present one is kept` },
};

const rollbackOf = ({ scope }: Plan, hosts: string) =>
  `kuafu env rollback --app ${scopeWords(scope).app} ${hosts}`;

const WRITTEN: OperationTraits = {
  outcome: (plan) => (restartsHosts(plan) ? 'restarted' : 'done'),
  left: (plan) => (restartsHosts(plan) ? '' : 'with the old file, or in doubt'),
  resumes: true,
  undoneBy: (_id, plan) => rollbackOf(plan, placeNames(plan)),
  next: (plan, { hosts }) =>
    restartsHosts(plan)
      ? undefined
      : {
          why: 'a service reads it when it starts',
          command: `kuafu restart --app ${scopeWords(plan.scope).app} ${hosts}`,
        },
};

export const ENV_OPERATIONS: Pick<OperationKinds, 'env-push' | 'env-rollback'> = {
  'env-push': {
    ...WRITTEN,
    back: { what: 'the old file', of: isEnv, command: rollbackOf },
    anew: (plan, hosts) =>
      `kuafu env push --app ${scopeWords(plan.scope).app}${restartsHosts(plan) ? ' --restart' : ''} ${hosts}`,
  },
  'env-rollback': WRITTEN,
};
