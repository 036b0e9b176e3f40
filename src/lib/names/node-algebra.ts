/** How a term is combined with the terms before it. */
export type Operator = ',' | '!' | '&' | '^';

/**
 * Names, and whether each is selected. A name that is not selected, such as a spare host of `@idc:B`, can still be selected by
 * another operand: `@idc:B&@role:spare` are the spare hosts of B, and `@role:spare!@idc:B` are the spare hosts of other rooms.
 */
export type NameSet = ReadonlyMap<string, boolean>;

/** The result of an operator on two sets. `!` removes a name completely: later operators do not see it. */
export function combine(left: NameSet, operator: Operator, right: NameSet): Map<string, boolean> {
  switch (operator) {
    case ',':
      return union(left, right);
    case '!':
      return new Map([...left].filter(([name]) => !right.has(name)));
    case '&':
      return new Map(
        [...left].flatMap(([name, isMeant]) => {
          const isMeantThere = right.get(name);
          return isMeantThere === undefined ? [] : [[name, isMeant || isMeantThere]];
        }),
      );
    case '^':
      return new Map([...union(left, right)].filter(([name]) => left.get(name) !== right.get(name)));
  }
}

function union(left: NameSet, right: NameSet): Map<string, boolean> {
  const both = new Map(left);
  for (const [name, isMeant] of right) both.set(name, isMeant || left.get(name) === true);
  return both;
}
