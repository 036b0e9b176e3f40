import type { FollowedFile } from './followed-file.js';
import type { FileId } from './frames.js';
import { Why } from './left-out.js';

/** A file that was not found this many times in a row is gone. */
export const MAX_MISSES = 3;
/** How many times in a row another file than the listed one may be at a path: a rotation between two looks does that once. */
const MOST_OTHERS = 5;

interface Named {
  readonly id: FileId;
  readonly path: string;
}

/** Names by which the host could not open a file, until they are tried again. */
export class RefusedNames {
  readonly #names = new Set<string>();
  /** Paths that are refused for every file: a path with another file at each look would be tried forever. */
  readonly #paths = new Set<string>();
  readonly #others = new Map<string, number>();

  has(file: Named): boolean {
    return this.#names.has(nameOf(file)) || this.#paths.has(file.path);
  }

  /** Whether the path is refused for every file. */
  hasPath(path: string): boolean {
    return this.#paths.has(path);
  }

  /** A file was not opened. Returns why it is left out from now on; undefined: it may be there at the next look. */
  refused(file: FollowedFile, why: number): number | undefined {
    const isGone = why === Why.gone;
    const others = isGone ? (this.#others.get(file.path) ?? 0) + 1 : 0;
    this.#others.set(file.path, others);
    const isFleeting = others >= MOST_OTHERS;
    if (isGone && !isFleeting && file.misses < MAX_MISSES) return undefined;
    if (isFleeting || why === Why.ofKernel) this.#paths.add(file.path);
    this.#names.add(nameOf(file));
    return isFleeting ? Why.fleeting : why;
  }

  opened(path: string): void {
    this.#others.delete(path);
  }

  tryAgain(): void {
    this.#names.clear();
    this.#paths.clear();
    this.#others.clear();
  }
}

function nameOf({ id, path }: Named): string {
  return `${id} ${path}`;
}
