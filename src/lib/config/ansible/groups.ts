export type Variables = Readonly<Record<string, unknown>>;

/** A group as an Ansible inventory has it. */
export interface Group {
  readonly hosts?: readonly string[] | undefined;
  readonly vars?: Variables | undefined;
  readonly children?: readonly string[] | undefined;
}

export type Groups = ReadonlyMap<string, Group>;

const PRIORITY = 'ansible_group_priority';

/**
 * For each host, the variables of all its groups merged: `all` first, then parents before children, then by
 * ansible_group_priority, then by name. The result is computed once for all hosts in the same groups. Each group is visited once,
 * also when several parents lead to it.
 */
export function groupVariables(groups: Groups): (host: string) => Variables {
  const parents = parentsOf(groups);
  const depths = depthsOf(groups, parents);
  const memberships = membershipsOf(groups);
  const merged = new Map<string, Variables>();
  return (host) => {
    const direct = withUngrouped(memberships.get(host) ?? []);
    const key = JSON.stringify(direct);
    let variables = merged.get(key);
    if (variables === undefined) {
      variables = mergeInOrder([...withAncestors(direct, parents)], groups, depths);
      merged.set(key, variables);
    }
    return variables;
  };
}

function mergeInOrder(
  names: readonly string[],
  groups: Groups,
  depths: ReadonlyMap<string, number>,
): Variables {
  const priorities = new Map(names.map((name) => [name, priorityOf(groups.get(name))]));
  const by = (a: string, b: string, values: ReadonlyMap<string, number>) =>
    (values.get(a) ?? 0) - (values.get(b) ?? 0);
  const order = names.toSorted((a, b) => by(a, b, depths) || by(a, b, priorities) || (a < b ? -1 : 1));
  const merged = Object.assign({}, ...order.map((name) => groups.get(name)?.vars)) as Record<string, unknown>;
  delete merged[PRIORITY];
  return merged;
}

/** As Python's int(); a value that is no number there has no effect. */
function priorityOf(group: Group | undefined): number {
  const given = group?.vars?.[PRIORITY];
  const priority = typeof given === 'string' && given.trim() === '' ? Number.NaN : Number(given ?? 1);
  return Number.isFinite(priority) ? Math.trunc(priority) : 1;
}

/** Ansible puts a host into `ungrouped` when no group except `all` lists it, whatever the inventory says. */
function withUngrouped(direct: readonly string[]): readonly string[] {
  const grouped = direct.filter((name) => name !== 'all' && name !== 'ungrouped');
  return grouped.length > 0 ? grouped : ['ungrouped'];
}

/** By child: the names of its parents. */
function parentsOf(groups: Groups): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, Set<string>>();
  for (const [parent, { children = [] }] of groups)
    for (const child of children) parents.set(child, (parents.get(child) ?? new Set()).add(parent));
  return new Map([...parents].map(([child, names]) => [child, [...names]]));
}

/** By host: the groups that list it. */
function membershipsOf(groups: Groups): ReadonlyMap<string, readonly string[]> {
  const memberships = new Map<string, string[]>();
  for (const [name, { hosts = [] }] of groups)
    for (const host of new Set(hosts)) {
      const known = memberships.get(host);
      if (known === undefined) memberships.set(host, [name]);
      else known.push(name);
    }
  return memberships;
}

/** Every host is in the group `all`, whether that lists it or not. */
function withAncestors(
  direct: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const found = new Set(['all', ...direct]);
  // The loop also visits the names that it adds to the set.
  for (const name of found) for (const parent of parents.get(name) ?? []) found.add(parent);
  return found;
}

/**
 * The longest path from the top, by group; `all` is the top. A group is visited once all its parents were visited. Groups that
 * are children of each other, which Ansible refuses, cannot be visited so: the first of them is visited as it is.
 */
function depthsOf(
  groups: Groups,
  parents: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> {
  const depths = new Map<string, number>([['all', 0]]);
  const missing = new Map([...groups.keys()].map((name) => [name, parents.get(name)?.length ?? 0]));
  const taken = new Set<string>();
  const roots = [...missing.keys()].filter((name) => missing.get(name) === 0);
  for (const first of [...roots, ...missing.keys()]) {
    const ready = [first];
    for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
      if (taken.has(name)) continue;
      taken.add(name);
      const depth = name === 'all' ? 0 : (depths.get(name) ?? 1);
      depths.set(name, depth);
      for (const child of new Set(groups.get(name)?.children)) {
        if (child === 'all' || taken.has(child)) continue;
        depths.set(child, Math.max(depths.get(child) ?? 1, depth + 1));
        const left = (missing.get(child) ?? 0) - 1;
        missing.set(child, left);
        if (left === 0) ready.push(child);
      }
    }
  }
  return depths;
}
