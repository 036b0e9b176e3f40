import type { FileTree } from '../copy/file-tree.js';
import type { EnvValue } from '../env/actions.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
import type { OperationKinds } from '../plan/operation-kinds.js';
import { joinsTraffic } from '../traffic/actions.js';
import { installsOnly } from '../unit/installs-only.js';

/** Takes away what an expansion has brought. */
export interface RemoveAction {
  readonly kind: 'remove';
  readonly paths: readonly string[];
  /** Stays, as it was not brought. */
  readonly exclude?: readonly string[];
  /** Of `paths`, the environment files. */
  readonly files?: readonly string[];
  /** Brought by a version that wrote nothing down on hosts: it goes where it is this still. */
  readonly unrecorded?: Unrecorded;
  /** What went is said, and not only what stays. */
  readonly tells?: true;
}

/** What an expansion has brought, as its plan knows it. */
export interface Unrecorded {
  readonly tree?: FileTree;
  readonly env?: { readonly path: string; readonly values: readonly EnvValue[] };
}

export const SCALE_KINDS: KindsOf<RemoveAction> = {
  remove: { describe: ({ paths }) => paths.join(', '), tellsWhatStays: true },
};

export const isRemove = isKind<RemoveAction>('remove');

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
    next: (plan) =>
      installsOnly(plan)
        ? { why: 'installed and stopped; start them and join traffic', verb: 'start' }
        : undefined,
  },
  undo: CLEARED,
  shrink: CLEARED,
};
