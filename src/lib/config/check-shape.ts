import type { core } from 'zod';
import { didYouMean } from '../names/suggest.js';
import type { KeyPath, ReportIssue } from './config-error.js';
import { configSchema, keysAt, LATER_SECTIONS, type Shape } from './schema.js';

/** The schema has fewer levels; each level may hide the faults of the level below. */
const MOST_ROUNDS = 100;

/** The valid part of a configuration. The parts with a fault are left out, so that checks across sections can still run. */
export interface CheckedShape {
  readonly shape: Shape | undefined;
  /** Paths that were left out because of a fault. */
  readonly leftOut: readonly KeyPath[];
}

/**
 * Checks a configuration against the schema and reports every fault. Keys that are no valid names go into `renamed`, with the
 * names that replace them in the shape and in later reports.
 */
export function checkShape(
  value: unknown,
  renamed: Map<string, string>,
  report: ReportIssue,
  schema: Pick<typeof configSchema, 'safeParse'> = configSchema,
): CheckedShape {
  reportStrayTexts(value, [], report);
  const tree: unknown = structuredClone(value);
  const leftOut: KeyPath[] = [];
  // Each round removes something. A stand-in that is itself refused would be put in again forever.
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const parsed = schema.safeParse(tree);
    if (parsed.success) return { shape: parsed.data, leftOut };
    const { issues } = parsed.error;
    // Later rounds check the parts that a fault hid from the schema. An error caused by a removed part is no fault.
    for (const issue of issues.filter(({ path }) => !isTouched(path as KeyPath, leftOut)))
      reportIssue(issue, tree, report);
    for (const issue of issues)
      if (issue.code === 'invalid_key') rename(tree, issue.path as KeyPath, value, renamed);
    const faulty = issues.filter(({ code }) => code !== 'invalid_key').flatMap(faultyPaths);
    for (const path of uniquePaths(faulty).reverse()) {
      const current = path.map((key) => (typeof key === 'string' ? (renamed.get(key) ?? key) : key));
      const place = valueAt(tree, path.slice(0, -1)) === undefined ? current : path;
      // It went with another fault of what it is in.
      if (valueAt(tree, place.slice(0, -1)) === undefined) continue;
      const removed = remove(tree, place);
      if (removed === undefined) return { shape: undefined, leftOut };
      leftOut.push(removed);
    }
  }
  return { shape: undefined, leftOut };
}

/** Whether one of these paths is the same as this one, above it or below it. */
export function isTouched(path: KeyPath, others: readonly KeyPath[]): boolean {
  return others.some((other) => other.every((key, depth) => depth >= path.length || key === path[depth]));
}

/** Replaces an invalid key by a valid name, so that the values below it are checked too. */
function rename(tree: unknown, path: KeyPath, value: unknown, renamed: Map<string, string>): void {
  const key = String(path.at(-1));
  const parentPath = path.slice(0, -1);
  const parent = valueAt(tree, parentPath);
  const grandparent = valueAt(tree, parentPath.slice(0, -1));
  const last = parentPath.at(-1);
  if (!isObject(parent) || !isObject(grandparent) || last === undefined) return;
  const name = renamed.get(key) ?? freeName(value, renamed.size);
  renamed.set(key, name);
  const entries = Object.entries(parent).map(([old, child]) => [old === key ? name : old, child] as const);
  grandparent[last] = Object.fromEntries(entries);
}

/** A name of every kind (host, room, variable) that is not used in the configuration. */
function freeName(value: unknown, index: number): string {
  const text = JSON.stringify(value);
  let name = `standin${index}`;
  while (text.includes(name)) name += 'x';
  return name;
}

function faultyPaths(issue: core.$ZodIssue): KeyPath[] {
  const path = issue.path as KeyPath;
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
}

function uniquePaths(paths: readonly KeyPath[]): KeyPath[] {
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
}

/**
 * Values that replace a faulty value without which the rest of an app or a room could not be checked. They are never used: with a
 * fault there is no configuration.
 */
const STAND_INS: Readonly<Record<string, unknown>> = {
  service: 'stand-in.service',
  files: ['/stand-in'],
  file: '/stand-in',
  http: 'http://stand-in',
  haproxy: {},
  port: 1,
};

const ROOM = { network: '0.0.0.0/0' };

function standInFor(path: KeyPath): unknown {
  const [section, , key = ''] = path;
  if (section === 'apps') return STAND_INS[String(path.at(-1))];
  if (section !== 'rooms') return undefined;
  if (path.length === 1) return { A: ROOM };
  return path.length === 3 && key === 'network' ? ROOM.network : undefined;
}

/** Removes a value from the tree; if the fault is that it is missing, adds a stand-in or removes the parent. */
function remove(tree: unknown, path: KeyPath): KeyPath | undefined {
  const last = path.at(-1);
  if (last === undefined) return undefined;
  const parent = valueAt(tree, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isObject(parent) && Object.hasOwn(parent, last)) delete parent[last];
  else if (isObject(parent) && standInFor(path) !== undefined) parent[last] = standInFor(path);
  else return remove(tree, path.slice(0, -1));
  return path;
}

function reportIssue(issue: core.$ZodIssue, value: unknown, report: ReportIssue): void {
  const path = issue.path as KeyPath;
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) report([...path, key], unknownKey(path, key), 'key');
      return;
    case 'invalid_key':
      report(path, issue.issues[0]?.message ?? issue.message, 'key');
      return;
    case 'invalid_union':
      // No alternative is meant: the key that tells them apart has none of their values.
      if (issue.errors.length === 0)
        report(path, valueAt(value, path) === undefined ? 'is missing' : issue.message);
      for (const inner of bestBranch(issue))
        reportIssue({ ...inner, path: [...path, ...inner.path] }, value, report);
      return;
    case 'invalid_type':
      report(path, typeSentence(issue, valueAt(value, path)));
      return;
    default:
      report(path, issue.message);
  }
}

/** Of the alternatives, the one with the right type: a fault in a text is not explained as "must be a list". */
function bestBranch(issue: core.$ZodIssueInvalidUnion): readonly core.$ZodIssue[] {
  const fitting = issue.errors.find((branch) =>
    branch.every(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  );
  return fitting ?? issue.errors[0] ?? [];
}

function unknownKey(path: KeyPath, key: string): string {
  if (LATER_SECTIONS.has([...path, key].join('.'))) return 'is not supported by this version';
  // A key that another shape of this place has is no help here.
  return `this key is not known${didYouMean(
    key,
    keysAt(path).filter((known) => known !== key),
  )}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
  array: 'a list',
};

function typeSentence(issue: core.$ZodIssueInvalidType, given: unknown): string {
  if (given === undefined) return 'is missing';
  if (given === null) return 'has no value';
  // The schema's own sentence, if it has one; the sentences of the library begin like this.
  if (!issue.message.startsWith('Invalid input')) return issue.message;
  const actual = Array.isArray(given) ? 'array' : typeof given;
  const quote = actual === 'number' || actual === 'boolean' ? `; put it in quotes: '${String(given)}'` : '';
  const wanted = TYPE_NAMES[issue.expected] ?? issue.expected;
  return `must be ${wanted}, not ${TYPE_NAMES[actual] ?? actual}${wanted === 'a text' ? quote : ''}`;
}

/** `${NAME}` outside env values would be taken literally, and zod skips the key __proto__: both must be reported. */
function reportStrayTexts(value: unknown, path: KeyPath, report: ReportIssue): void {
  if (typeof value === 'string') {
    if (value.includes('${') && !isEnvValue(path) && !isLayerKey(path))
      report(
        path,
        'a value from the environment can stand only in the values of env, and as a key of layers',
      );
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) reportStrayTexts(item, [...path, index], report);
  } else if (isObject(value)) {
    for (const [key, child] of Object.entries(value)) {
      if (key === '__proto__') report([...path, key], 'this key is not known', 'key');
      else reportStrayTexts(child, [...path, key], report);
    }
  }
}

function isEnvValue([section, , part, kind]: KeyPath): boolean {
  return section === 'apps' && part === 'env' && (kind === 'common' || kind === 'rooms');
}

/** The key of a zone, the secret of that key, or the password of replication. */
function isLayerKey([section, kind, , ...keys]: KeyPath): boolean {
  const secrets = kind === 'database' ? ['replication/password'] : ['key', 'key/secret'];
  return section === 'layers' && secrets.includes(keys.join('/'));
}

function valueAt(tree: unknown, path: KeyPath): unknown {
  let value = tree;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
