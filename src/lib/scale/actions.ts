import type { FileTree } from '../copy/file-tree.js';
import type { EnvValue } from '../env/actions.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
import type { OperationKinds } from '../plan/operation-kinds.js';
import { scopeWords } from '../plan/scope.js';
import { joinsTraffic } from '../traffic/actions.js';
import { installsOnly } from '../unit/installs-only.js';

/** Removes what an expansion has brought. */
export interface RemoveAction {
  readonly kind: 'scale.remove';
  readonly paths: readonly string[];
  /** These stay, because the expansion did not bring them. */
  readonly exclude?: readonly string[];
  /** The environment files among `paths`. */
  readonly files?: readonly string[];
  /** Files from a version that recorded nothing on hosts: they are removed if they have not changed since. */
  readonly unrecorded?: Unrecorded;
  /** What was removed is reported, and not only what stays. */
  readonly tells?: true;
}

/** What an expansion has brought, according to its plan. */
export interface Unrecorded {
  readonly tree?: FileTree;
  readonly env?: { readonly path: string; readonly values: readonly EnvValue[] };
}

export const SCALE_KINDS: KindsOf<RemoveAction> = {
  'scale.remove': { describe: ({ paths }) => paths.join(', '), tellsWhatStays: true },
};

export const isRemove = isKind<RemoveAction>('scale.remove');

const CLEARED = {
  outcome: () => 'back in the pool',
  left: () => 'still with this operation',
  resumes: true,
} as const;

export const SCALE_OPERATIONS: Pick<OperationKinds, 'scale' | 'undo' | 'shrink'> = {
  scale: {
    outcome: (plan) => (installsOnly(plan) ? 'installed' : joinsTraffic(plan) ? 'in traffic' : 'done'),
    left: () => 'reserved for it, or unfit',
    resumes: true,
    undoneBy: (id) => `kuafu scale --undo ${id}`,
    next: (plan, { hosts }) =>
      installsOnly(plan)
        ? {
            why: 'installed and stopped; start them and join traffic',
            command: `kuafu start --app ${scopeWords(plan.scope).app} ${hosts}`,
          }
        : undefined,
  },
  undo: CLEARED,
  shrink: CLEARED,
};
