import { describe, expect, it } from 'vitest';
import {
  type Group,
  groupVariables as variablesOfGroups,
} from '../../../../src/lib/config/ansible/groups.js';

type Groups = Readonly<Record<string, Group>>;

const groupVariables = (groups: Groups) => variablesOfGroups(new Map(Object.entries(groups)));

/** 0 ≤ x < 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Groups of which each may be a child of any before it. */
function someGroups(next: () => number): Record<string, Required<Groups[string]>> {
  const names = ['m', 'all', 'b', 'x', 'a', 'k', 'c'].slice(0, 2 + Math.floor(next() * 6));
  const groups: Record<string, Required<Groups[string]>> = {};
  for (const [index, name] of names.entries()) {
    const own = Object.fromEntries(['v', 'w'].filter(() => next() < 0.6).map((key) => [key, name]));
    const priority = [2, '10', -1, undefined, undefined][Math.floor(next() * 5)];
    const vars = priority === undefined ? own : { ...own, ansible_group_priority: priority };
    const hosts = ['h1', 'h2'].filter(() => next() < 0.3);
    const children = names.slice(index + 1).filter((child) => child !== 'all' && next() < 0.5);
    groups[name] = { vars, hosts: [...hosts], children };
  }
  return groups;
}

/** By its definition, along every way: groups sorted by the longest way from the top, then by name; the last one wins. */
function byDefinition(groups: Groups, host: string): object {
  const depth = (name: string): number =>
    name === 'all'
      ? 0
      : 1 +
        Math.max(
          0,
          ...Object.keys(groups)
            .filter((parent) => groups[parent]?.children?.includes(name))
            .map(depth),
        );
  const priority = (name: string) => Number(groups[name]?.vars?.ansible_group_priority ?? 1);
  const holds = (name: string): boolean =>
    name === 'all' ||
    groups[name]?.hosts?.includes(host) === true ||
    (groups[name]?.children ?? []).some((child) => holds(child));
  const order = Object.keys(groups)
    .filter(holds)
    .sort((a, b) => depth(a) - depth(b) || priority(a) - priority(b) || (a < b ? -1 : 1));
  const { ansible_group_priority: _, ...merged } = Object.assign(
    {},
    ...order.map((name) => groups[name]?.vars),
  );
  return merged;
}

describe('variables of groups', () => {
  it('are those of the definition, for 1,000 inventories', () => {
    const next = random(20_261_129);
    for (let round = 0; round < 1000; round += 1) {
      const groups = someGroups(next);
      const variables = groupVariables(groups);
      for (const host of ['h1', 'h2', 'h3'])
        expect({ groups, host, got: variables(host) }).toEqual({
          groups,
          host,
          got: byDefinition(groups, host),
        });
    }
  });

  it.each([26, 600])('of %d groups, each a child of all before it, are there at once', (count) => {
    const names = Array.from({ length: count }, (_, index) => `g${String(index).padStart(4, '0')}`);
    const groups = Object.fromEntries(
      names.map((name, index) => [
        name,
        { children: names.slice(index + 1), vars: { [name]: true, last: name }, hosts: ['h'] },
      ]),
    );
    const variables = groupVariables(groups)('h');
    expect(Object.keys(variables).length).toBe(count + 1);
    expect(variables.last).toBe(names.at(-1));
  });

  it('of a chain of 50,000 groups come without a deep stack', () => {
    const groups = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, index) => [
        `g${index}`,
        { children: [`g${index + 1}`], vars: { v: index } },
      ]),
    );
    expect(groupVariables({ ...groups, g50000: { hosts: ['h'] } })('h')).toEqual({ v: 49_999 });
  });

  it('of circles of every kind come to an end', () => {
    const next = random(7);
    for (let round = 0; round < 300; round += 1) {
      const names = ['all', 'a', 'b', 'c', 'd'];
      const groups = Object.fromEntries(
        names.map((name) => [
          name,
          {
            children: names.filter(() => next() < 0.5),
            vars: { [name]: 1 },
            hosts: next() < 0.3 ? ['h'] : [],
          },
        ]),
      );
      expect(groupVariables(groups)('h')).toHaveProperty('all', 1);
    }
  });
});
