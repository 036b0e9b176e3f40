import type { FileTree } from '../copy/file-tree.js';
import type { EnvValue } from '../env/actions.js';
import { isKind, type KindsOf } from '../plan/kinds.js';

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
