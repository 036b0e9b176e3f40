import { formatBytes } from '../bytes.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
import { plural } from '../plural.js';
import type { FileTree } from './file-tree.js';

export type CopyActions = CopyAction | UnmovedAction;

/** Brings the files of a template host onto a host. */
export interface CopyAction {
  readonly kind: 'copy.tree';
  readonly from: string;
  readonly tree: FileTree;
  /** `chain`: from host to host. `one-hop`: through the machine that kuafu runs on. */
  readonly method: 'chain' | 'one-hop';
  /** How many other hosts a host of the chain feeds at the same time. */
  readonly width: number;
  /** Addresses and networks from which a host of the chain may be fed. */
  readonly sources: readonly string[];
  /** The most that a host sends, in bytes a second; undefined: no limit. */
  readonly bytesPerSecond?: number;
  /** Files at these paths that kuafu did not bring may be removed. */
  readonly replace?: true;
}

/** Compares the template's files with the files that were copied. */
export interface UnmovedAction {
  readonly kind: 'copy.check';
  readonly from: string;
  readonly tree: FileTree;
}

export const isCopy = isKind<CopyAction>('copy.tree');

export const COPY_KINDS: KindsOf<CopyActions> = {
  'copy.tree': {
    describe: ({ tree, from, method }, hosts) =>
      `${treeWords(tree)} from ${from}${hosts > 1 ? SPREADS[method] : ''}`,
  },
  'copy.check': {
    describe: ({ from }) => `the files on ${from} are still those that were copied`,
    onlyLooks: true,
  },
};

const SPREADS = { chain: ', from host to host', 'one-hop': ', to each from here' } as const;

function treeWords(tree: FileTree): string {
  const [first = '', ...rest] = tree.paths;
  const more = rest.length > 0 ? ` and ${plural(rest.length, 'more path')}` : '';
  return `${formatBytes(tree.bytes)}, ${formatBytes(tree.packed.bytes)} packed, ${first}${more},`;
}
