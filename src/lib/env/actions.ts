import type { SecretText } from '../masking/secret.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
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
