/** How a term joins what stands before it. */
export type Operator = ',' | '!' | '&' | '^';

/**
 * Names, and of each whether it is meant. One that is not, such as a spare host of `@idc:B`, only waits for another operand
 * that means it: `@idc:B&@role:spare` are the spare hosts of B, and `@role:spare!@idc:B` are those of elsewhere.
 */
export type NameSet = ReadonlyMap<string, boolean>;

/** What two sets and an operator make. A name that is taken out by `!` means nothing to what follows. */
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
