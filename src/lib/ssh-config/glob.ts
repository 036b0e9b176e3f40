import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * The files that a path with wildcards names, in any of its parts, in byte order (glob(3), as for Include in ssh_config). No
 * match is not an error, and neither is a folder that cannot be read.
 */
export async function filesMatching(pattern: string): Promise<readonly string[]> {
  const found = await entriesMatching(pattern);
  return found.filter(({ isFolder }) => !isFolder).map(({ path }) => path);
}

interface Entry {
  readonly path: string;
  readonly isFolder: boolean;
}

async function entriesMatching(pattern: string): Promise<readonly Entry[]> {
  const [folder, name] = [dirname(pattern), basename(pattern)];
  const folders = WILDCARD.test(folder)
    ? (await entriesMatching(folder)).map(({ path }) => path)
    : [unescaped(folder)];
  const expression = expressionFor(name);
  const entries = await Promise.all(folders.map(readFolder));
  return entries
    .flat()
    .filter(
      ({ path }) =>
        expression.test(basename(path)) && (name.startsWith('.') || !basename(path).startsWith('.')),
    )
    .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

const WILDCARD = /[*?[]/;

async function readFolder(folder: string): Promise<readonly Entry[]> {
  const entries: readonly Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      return { path, isFolder: entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path))) };
    }),
  );
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

function expressionFor(name: string): RegExp {
  try {
    return new RegExp(`^${[...segments(name)].map(expressionOf).join('')}$`, 's');
  } catch {
    // An invalid range, such as [z-a], matches nothing.
    return /(?!)/;
  }
}

function segments(name: string): Iterable<RegExpMatchArray> {
  return name.matchAll(/\\(.)|\[([!^]?)(\]?[^\]]*)\]|([*?])|(.)/gs);
}

function expressionOf([, escaped, negation, set, wildcard, plain]: RegExpMatchArray): string {
  if (wildcard !== undefined) return wildcard === '*' ? '.*' : '.';
  if (set !== undefined) return `[${negation ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`;
  return (escaped ?? plain ?? '').replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

function unescaped(path: string): string {
  return path.replace(/\\(.)/g, '$1');
}
