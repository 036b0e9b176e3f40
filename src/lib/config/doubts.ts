import { type Document, isMap, isScalar, type Node, type Pair, type YAMLError, type YAMLMap } from 'yaml';
import type { KeyPath } from './config-error.js';

// After these errors the rest of the tree is as the user meant it; after others (indentation, brackets, quotes) it is a guess.
const LOCAL: ReadonlySet<string> = new Set(['DUPLICATE_KEY', 'BAD_DQ_ESCAPE', 'BAD_SCALAR_START']);

/** Whether the rest of the document can be trusted in spite of a syntax error. */
export function isLocal({ code }: YAMLError): boolean {
  return LOCAL.has(code);
}

/** Where syntax errors left a value without meaning. */
export function unreadablePaths(document: Document, errors: readonly YAMLError[]): KeyPath[] {
  return errors
    .filter(({ code }) => code !== 'DUPLICATE_KEY')
    .map(({ pos }) => pathAt(document.contents, pos[0]));
}

export interface DoubledKeys {
  /** All keys that occur twice. Which of the two was meant, or which other key, is not known. */
  readonly doubled: readonly KeyPath[];
  /** The keys of which a value is lost. */
  readonly lost: readonly KeyPath[];
}

/** Merges two maps under the same key into one, so that everything in both is checked; of other values the last stays. */
export function mergeDoubled(document: Document): DoubledKeys {
  const found = { doubled: [], lost: [] };
  if (isMap(document.contents)) mergeIn(document.contents, [], found);
  return found;
}

function mergeIn(map: YAMLMap, path: KeyPath, found: { doubled: KeyPath[]; lost: KeyPath[] }): void {
  const kept = new Map<string, Pair>();
  for (const pair of map.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    const first = kept.get(key);
    if (first !== undefined) found.doubled.push([...path, key]);
    if (first !== undefined && isMap(first.value) && isMap(pair.value)) {
      first.value.items.push(...pair.value.items);
    } else {
      if (first !== undefined && String(first.value) !== String(pair.value)) found.lost.push([...path, key]);
      kept.set(key, pair);
    }
  }
  if (kept.size < map.items.length) map.items = [...kept.values()];
  for (const [key, { value }] of kept) if (isMap(value)) mergeIn(value, [...path, key], found);
}

function pathAt(node: unknown, offset: number): KeyPath {
  if (!isMap(node)) return [];
  const pair = node.items.find(({ key, value }) => holds(key, offset) || holds(value, offset));
  if (pair === undefined || !isScalar(pair.key)) return [];
  return [String(pair.key.value), ...pathAt(pair.value, offset)];
}

function holds(node: unknown, offset: number): boolean {
  const range = (node as Node | null)?.range;
  return range !== undefined && range !== null && range[0] <= offset && offset <= range[1];
}
