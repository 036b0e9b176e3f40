import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { sentenceOf, UsageError } from '../errors.js';
import { NotOursError } from '../own-files/not-ours.js';
import { readTextFile } from '../own-files/read.js';
import { type ConfigIssue, type IssueTarget, type KeyPath, renderPath } from './config-error.js';
import { type DoubledKeys, isLocal, mergeDoubled, unreadablePaths } from './doubts.js';

/** A configuration file as it was read: its plain value, and the position of each key. */
export interface ConfigSource {
  readonly file: string;
  /** Plain objects, arrays and scalars; undefined when the syntax is too broken. */
  readonly value: unknown;
  readonly syntaxIssues: readonly ConfigIssue[];
  /** Values spoilt by a syntax error; other faults in them are only a result of it. */
  readonly unreadable: readonly KeyPath[];
  readonly doubledKeys: DoubledKeys;
  issueAt(path: KeyPath, message: string, target?: IssueTarget): ConfigIssue;
}

/** Enough for more than a thousand hosts with all settings. */
const MAX_BYTES = 16 * 1024 * 1024;

/** @throws UsageError when the file cannot be read; RefusedError when it is no regular file */
export async function readSource(file: string): Promise<ConfigSource> {
  let text: string;
  try {
    text = await readTextFile(file, MAX_BYTES);
  } catch (error) {
    if (error instanceof NotOursError) throw error;
    throw new UsageError(`the configuration cannot be read: ${sentenceOf(error)}`);
  }
  return parseSource(file, text);
}

/** Reads YAML 1.2, and so JSON too. The positions of the document are kept. */
function parseSource(file: string, text: string): ConfigSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const issue = (offset: number, path: KeyPath, message: string): ConfigIssue => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: renderPath(path), message };
  };
  const syntaxIssues = document.errors.map((error) => issue(error.pos[0], [], syntaxSentence(error, text)));
  const endless = aliasesWithin(document);
  for (const alias of endless)
    syntaxIssues.push(
      issue(startOf(alias) ?? 0, [], `*${alias.source} stands within what it stands for, and so has no end`),
    );
  let value: unknown;
  const isReadable = document.errors.every(isLocal) && endless.length === 0;
  const doubledKeys = isReadable ? mergeDoubled(document) : { doubled: [], lost: [] };
  if (isReadable) {
    keepNumbersAsWritten(document);
    try {
      value = document.toJS();
    } catch (error) {
      syntaxIssues.push(issue(0, [], sentenceOf(error)));
    }
  }
  return {
    file,
    value,
    syntaxIssues,
    unreadable: isReadable ? unreadablePaths(document, document.errors) : [],
    doubledKeys,
    issueAt: (path, message, target = 'value') => issue(offsetOf(document, path, target), path, message),
  };
}

/** Aliases inside the value that they repeat. */
function aliasesWithin(document: Document): Alias[] {
  const found: Alias[] = [];
  visit(document, {
    Alias: (_key, alias, path) => {
      const target = alias.resolve(document);
      if (target !== undefined && path.includes(target)) found.push(alias);
    },
  });
  return found;
}

/** Environment values are text: `1.10` must not become 1.1, nor `007` 7. */
function keepNumbersAsWritten(document: Document): void {
  const apps = resolve(document, document.get('apps', true));
  for (const app of childrenOf(document, apps)) {
    const env = childOf(document, app, 'env');
    const maps = [childOf(document, env, 'common'), ...childrenOf(document, childOf(document, env, 'rooms'))];
    for (const scalar of maps.flatMap((map) => childrenOf(document, map)))
      if (isScalar(scalar) && (typeof scalar.value === 'number' || typeof scalar.value === 'boolean'))
        scalar.value = scalar.source ?? String(scalar.value);
  }
}

function childrenOf(document: Document, node: unknown): unknown[] {
  return isMap(node) ? node.items.map((pair) => resolve(document, pair.value)) : [];
}

function childOf(document: Document, node: unknown, key: string | number): unknown {
  return resolve(document, pairOf(node, key)?.value);
}

function resolve(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function pairOf(node: unknown, key: string | number): { key: unknown; value: unknown } | undefined {
  if (isSeq(node)) return { key: node.items[Number(key)], value: node.items[Number(key)] };
  if (!isMap(node)) return undefined;
  return node.items.findLast(
    (pair) => (isScalar(pair.key) ? String(pair.key.value) : undefined) === String(key),
  );
}

/** The position of a value (or its key). For a value that is not in the file, the position of the nearest parent that is. */
function offsetOf(document: Document, path: KeyPath, target: IssueTarget): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    const pair = pairOf(node, key);
    if (pair === undefined) return offset;
    const isLast = depth === path.length - 1;
    node = resolve(document, pair.value);
    const keyStart = startOf(pair.key) ?? offset;
    const wantsValue = isLast && target === 'value' && !isMap(node);
    offset = wantsValue ? (startOf(pair.value) ?? keyStart) : keyStart;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range?.[0];
}

function syntaxSentence(error: YAMLError, text: string): string {
  switch (error.code) {
    case 'DUPLICATE_KEY': {
      const key = /^[^:\s]*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
      return `the key ${key} stands here for the second time`;
    }
    case 'TAB_AS_INDENT':
      return 'a tab is used for indentation; YAML takes spaces only';
    case 'MULTIPLE_DOCS':
      return 'a second document begins here; the configuration is one';
    default:
      return `this is no YAML: ${error.message}`;
  }
}
