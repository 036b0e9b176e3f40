import { combine, type NameSet, type Operator } from './node-algebra.js';
import { expandPattern, MAX_NAMES, NodeSetError } from './node-pattern.js';
import { isWildcard } from './wildcard.js';

export { fold } from './fold.js';

/** `@source:name`, such as `@app:shop`. `position` is its index in the expression, for errors. */
export interface GroupReference {
  readonly source: string;
  readonly name: string;
  readonly expression: string;
  readonly position: number;
}

type Operand =
  | { readonly names: readonly string[]; readonly expression: string; readonly position: number }
  | { readonly group: GroupReference };

/**
 * A parsed node set: the operands with their operators, in order. They are evaluated from left to right; all operators have the
 * same precedence (as in clush).
 */
export type NodeSet = readonly { readonly operator: Operator; readonly operand: Operand }[];

/** Looks up the names of a node set. Each function throws a UsageError or NodeSetError for an unknown name. */
export interface NodeLookup {
  /** Absent: groups are errors. */
  readonly group?: (group: GroupReference) => NameSet;
  /** The hosts for a name with `*` or `?`. */
  readonly wildcard: (pattern: string) => NameSet;
  /** The host of this name or address. */
  readonly nameOf: (word: string) => string;
}

/**
 * Parses `web-b-[01-20]`, `web-*`, `a,b` (union), `a!b` (difference), `a&b` (intersection), `a^b` (in exactly one of the two) and
 * groups (`@app:shop`). Blanks around operators and numbers are ignored, and so is a comma at the end.
 *
 * @throws NodeSetError with the position of the fault
 */
export function parseNodeSet(expression: string): NodeSet {
  const terms: { operator: Operator; operand: Operand }[] = [];
  let operator: Operator = ',';
  let position = 0;
  for (;;) {
    const start = skipBlanks(expression, position);
    const end = endOfTerm(expression, start);
    const isTrailing = operator === ',' && start === expression.length && terms.length > 0;
    if (isTrailing) break;
    const operand = readOperand(expression, start, end);
    terms.push({ operator, operand });
    const next = expression[end];
    if (next === undefined) break;
    operator = next as Operator;
    position = end + 1;
  }
  const count = terms.reduce((sum, { operand }) => sum + ('names' in operand ? operand.names.length : 0), 0);
  if (count > MAX_NAMES)
    throw new NodeSetError(expression, 0, `this is ${count} names; the bound is ${MAX_NAMES}`);
  return terms;
}

/**
 * The names of a node set that may hold only host names, each once, in the order in which they occur.
 *
 * @throws NodeSetError
 */
export function expandNodeSet(nodeSet: NodeSet | string): string[] {
  return [...evaluateNodeSet(typeof nodeSet === 'string' ? parseNodeSet(nodeSet) : nodeSet).keys()];
}

/**
 * The names of a node set, and whether each is selected (see NameSet). Without a lookup, groups and wildcards are errors.
 *
 * @throws NodeSetError, and what the lookup throws
 */
export function evaluateNodeSet(nodeSet: NodeSet, lookup?: NodeLookup): NameSet {
  let result: NameSet = new Map();
  for (const { operator, operand } of nodeSet) result = combine(result, operator, namesOf(operand, lookup));
  return result;
}

function namesOf(operand: Operand, lookup: NodeLookup | undefined): NameSet {
  if ('group' in operand) {
    if (lookup?.group !== undefined) return lookup.group(operand.group);
    const { expression, position } = operand.group;
    throw new NodeSetError(expression, position, 'groups cannot stand here, only host names');
  }
  const { names, expression, position } = operand;
  const found = new Map<string, boolean>();
  for (const name of names) {
    if (!isWildcard(name)) found.set(lookup?.nameOf(name) ?? name, true);
    else if (lookup === undefined)
      throw new NodeSetError(expression, position, '* and ? cannot stand here, only host names');
    else for (const [match, isMeant] of lookup.wildcard(name)) found.set(match, isMeant);
  }
  return found;
}

function skipBlanks(expression: string, start: number): number {
  let position = start;
  while (expression[position] === ' ' || expression[position] === '\t') position += 1;
  return position;
}

/** The index of the operator that ends the term; a comma inside a bracket does not. */
function endOfTerm(expression: string, start: number): number {
  let depth = 0;
  let position = start;
  for (; position < expression.length; position += 1) {
    const character = expression[position];
    if (character === '[') depth += 1;
    else if (character === ']') depth -= 1;
    else if (depth <= 0 && (character === ',' || character === '!' || character === '&' || character === '^'))
      break;
  }
  return position;
}

/** An address as in a URL; a range never has a colon. */
const IPV6_LITERAL = /^\[([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)\]$/;

function readOperand(expression: string, start: number, end: number): Operand {
  const term = expression.slice(start, end).trimEnd();
  if (term === '') throw new NodeSetError(expression, start, 'a host or group is missing here');
  const [, literal] = IPV6_LITERAL.exec(term) ?? [];
  if (literal !== undefined) return { names: [literal], expression, position: start };
  if (!term.startsWith('@')) {
    const names = expandPattern(expression, start, start + term.length, 'wildcards');
    return { names, expression, position: start };
  }
  const match = /^@([a-z]+)(?::([A-Za-z0-9_.*?-]+))?$/.exec(term);
  if (match === null)
    throw new NodeSetError(expression, start, `"${term}" is no group such as @app:shop, @idc:B or @all`);
  return { group: { source: match[1] ?? '', name: match[2] ?? '', expression, position: start } };
}
