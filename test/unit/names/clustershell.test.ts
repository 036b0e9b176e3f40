import { describe, expect } from 'vitest';
import {
  evaluateNodeSet,
  expandNodeSet,
  fold,
  type NodeLookup,
  parseNodeSet,
} from '../../../src/lib/names/nodeset.js';
import { matching } from '../../../src/lib/names/wildcard.js';
import { random } from '../../support/random.js';
import { answerOf, itAgainst, PYTHON } from '../../support/reference.js';
import { tableIn } from '../../support/tables.js';

const GROUPS = {
  app: { shop: 'web-[1-9]', mail: 'db-[01-04],web-1', every: 'web-[1-20],db-[01-12],r[1-3]n[08-12]x,gw' },
  idc: { A: 'web-[1-10],db-[01-06],gw', B: 'web-[11-20],db-[07-12],r[1-3]n[08-12]x' },
} as const;

const itAgainstClusterShell = itAgainst([PYTHON, '-c', 'import ClusterShell'], 'clustershell');

function askClusterShell(expressions: readonly string[]): (readonly string[] | null)[] {
  const asked = JSON.stringify({ groups: GROUPS, expressions });
  const answer: unknown = JSON.parse(answerOf([PYTHON, 'test/support/clustershell.py'], asked));
  return answer as (readonly string[] | null)[];
}

const meant = (names: readonly string[]) => new Map(names.map((name) => [name, true]));
const EVERY = expandNodeSet(GROUPS.app.every);

/** As of the inventory: what nothing has is refused. */
function some(found: readonly string[]): readonly string[] {
  if (found.length > 0) return found;
  throw new Error('there is none');
}

const LOOKUP: NodeLookup = {
  group: ({ source, name }) => {
    const groups = new Map(
      source === 'app' || source === 'idc' ? Object.entries<string>(GROUPS[source]) : [],
    );
    return meant(
      some(matching(name, groups.keys())).flatMap((group) => expandNodeSet(groups.get(group) ?? '')),
    );
  },
  wildcard: (pattern) => meant(some(matching(pattern, EVERY))),
  nameOf: (word) => word,
};

/** As ClusterShell tells it: sorted names, null where it is refused. */
function ours(expression: string): readonly string[] | null {
  try {
    return [...evaluateNodeSet(parseNodeSet(expression), LOOKUP).keys()].sort();
  } catch {
    return null;
  }
}

/** A node set of up to six terms, some with slips of the keyboard in them; never one of what differs on purpose. */
function someExpression(next: () => number): string {
  const pick = <Item>(...items: readonly Item[]) => items[Math.floor(next() * items.length)] as Item;
  const below = (bound: number) => Math.floor(next() * bound);
  const number = () => (next() < 0.4 ? String(below(13)).padStart(2, '0') : String(below(21)));
  const range = (): string => {
    const width = pick(0, 0, 2, 3);
    const [from, to] = [below(12), below(15)].map((each) => String(each).padStart(width, '0'));
    return pick(number(), `${from}-${to}`, `${from}-${to}`, `${from}-${to}/${below(4)}`, ` ${from} - ${to} `);
  };
  const bracket = () => `[${Array.from({ length: 1 + below(3) }, range).join(',')}]`;
  const term = (): string =>
    pick(
      `${pick('web-', 'db-', 'n')}${bracket()}`,
      `${pick('web-', 'db-', 'n')}${bracket()}`,
      `r${bracket()}n${bracket()}x`,
      `${pick('web-', 'db-', 'n')}${number()}`,
      pick('gw', 'web_1.example.org', 'fd00::1', '198.18.1.11'),
      pick('@app:shop', '@app:mail', '@app:every', '@idc:A', '@idc:B'),
      pick('web-*', 'db-0?', '*n09x', 'r?n*', 'web-1?', '*'),
      next() < 0.1 ? pick('', 'web-[1', 'web-1]', 'web-[]', 'web-[x]', 'web-[3-1]', 'web-[1-2/0]') : 'gw',
    );
  let text = term();
  for (let left = below(6); left > 0; left -= 1)
    text += `${pick('', '', ' ')}${pick(',', '!', '&', '^')}${pick('', '', ' ')}${term()}`;
  return /,\s*$/.test(text) ? `${text}gw` : text;
}

function told(names: readonly string[] | null | undefined): string {
  if (names === null || names === undefined) return 'refused';
  if (names.length > 1000) return `${names.length} names`;
  return names.length === 0 ? 'none' : fold(names);
}

describe('node sets, held against ClusterShell', () => {
  itAgainstClusterShell('are the same, for 1,000 expressions', () => {
    const next = random(20_261_129);
    const expressions = Array.from({ length: 1000 }, () => someExpression(next));
    const theirs = askClusterShell(expressions);
    const differences = expressions.flatMap((expression, index) => {
      const [own, their] = [ours(expression), theirs[index]];
      return JSON.stringify(own) === JSON.stringify(their) ? [] : [{ expression, own, their }];
    });
    expect(differences).toEqual([]);
    // Neither all refused nor all empty.
    expect(theirs.filter((names) => names !== null && names.length > 0).length).toBeGreaterThan(300);
  });

  itAgainstClusterShell('that we fold are read back by it', () => {
    const next = random(7);
    const sets = Array.from({ length: 1000 }, () => EVERY.filter(() => next() < 0.5));
    const folded = sets.map((names) => fold(names));
    expect(askClusterShell(folded)).toEqual(sets.map((names) => [...names].sort()));
  });

  itAgainstClusterShell('differ where docs/hosts.md says so, and as it says', () => {
    const rows = tableIn('docs/hosts.md', 'What differs from ClusterShell');
    const theirs = askClusterShell(rows.map(([expression = '']) => expression));
    const found = rows.map(([expression = ''], index) => [
      expression,
      told(ours(expression)),
      told(theirs[index]),
    ]);
    expect(found).toEqual(rows.map((row) => row.slice(0, 3)));
    expect(rows.length).toBeGreaterThan(4);
    for (const [, own, their] of found) expect(own).not.toBe(their);
  });
});
