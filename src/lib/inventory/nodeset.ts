import { expandPattern, MAX_NAMES, NodeSetError } from './node-pattern.js';

export { fold } from './fold.js';

/** How a term joins what stands before it; from left to right, none binds tighter than another (as in clush). */
type Operator = ',' | '!' | '&' | '^';

/** `@source:name`, such as `@app:shop`. `position` is its index in the expression, for errors. */
export interface GroupReference {
  readonly source: string;
  readonly name: string;
  readonly expression: string;
  readonly position: number;
}

type Operand = { readonly names: readonly string[] } | { readonly group: GroupReference };

/** A parsed node set: the first operand and what is done with the others, in their order. */
export type NodeSet = readonly { readonly operator: Operator; readonly operand: Operand }[];

/** The names of a group. @throws UsageError or NodeSetError when there is no such group */
export type GroupLookup = (group: GroupReference) => readonly string[];

/**
 * Understands `web-b-[01-20]`, `a,b` (union), `a!b` (difference), `a&b` (intersection), `a^b` (in one of the two) and
 * groups (`@app:shop`). Blanks around operators are ignored.
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
 * The names of a node set, each once, in the order they come up. Without a lookup, groups are errors.
 *
 * @throws NodeSetError, and what the lookup throws
 */
export function expandNodeSet(nodeSet: NodeSet | string, lookup: GroupLookup = refuseGroup): string[] {
  const terms = typeof nodeSet === 'string' ? parseNodeSet(nodeSet) : nodeSet;
  let result = new Set<string>();
  for (const { operator, operand } of terms)
    result = combine(result, operator, 'names' in operand ? operand.names : lookup(operand.group));
  return [...result];
}

function combine(left: ReadonlySet<string>, operator: Operator, names: readonly string[]): Set<string> {
  const right = new Set(names);
  switch (operator) {
    case ',':
      return new Set([...left, ...right]);
    case '!':
      return new Set([...left].filter((name) => !right.has(name)));
    case '&':
      return new Set([...left].filter((name) => right.has(name)));
    case '^':
      return new Set([
        ...[...left].filter((name) => !right.has(name)),
        ...[...right].filter((name) => !left.has(name)),
      ]);
  }
}

function skipBlanks(expression: string, start: number): number {
  let position = start;
  while (expression[position] === ' ' || expression[position] === '\t') position += 1;
  return position;
}

/** The index of the operator that ends the term; a comma inside a bracket is none. */
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

function readOperand(expression: string, start: number, end: number): Operand {
  const term = expression.slice(start, end).trimEnd();
  if (term === '') throw new NodeSetError(expression, start, 'a host or group is missing here');
  if (!term.startsWith('@')) return { names: expandPattern(expression, start, start + term.length) };
  const match = /^@([a-z]+)(?::([A-Za-z0-9_.-]+))?$/.exec(term);
  if (match === null)
    throw new NodeSetError(expression, start, `"${term}" is no group such as @app:shop, @idc:B or @all`);
  return { group: { source: match[1] ?? '', name: match[2] ?? '', expression, position: start } };
}

function refuseGroup(group: GroupReference): never {
  throw new NodeSetError(group.expression, group.position, 'groups cannot stand here, only host names');
}
