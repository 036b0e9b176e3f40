import { canonicalAddress } from '../config/addresses.js';
import type { Config } from '../config/config-types.js';
import { UsageError } from '../errors.js';
import type { Host, HostRole } from './inventory-types.js';
import { compareNaturally } from './natural-order.js';
import { expandNodeSet, type GroupReference, type NodeSet, parseNodeSet } from './nodeset.js';
import { sshClientLookup, targetMerger } from './ssh-target.js';
import { didYouMean } from './suggest.js';

/** A spare host that works for a group, as the ledger has it. */
export interface Assignment {
  readonly host: string;
  readonly app: string;
  readonly group: string;
  readonly room: string;
}

/** All hosts, from the configuration and the ledger together. Lists are in natural order (web-2 before web-10). */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, Host>;
  /** @throws UsageError when there is no such host */
  host(name: string): Host;
  byAddress(address: string): Host | undefined;
  /** A jump host: one of ours, or one that only ssh_config knows by this name. */
  jumpHost(name: string): Host | undefined;
  /** Spare hosts of a room that no group has. */
  spares(room: string): readonly Host[];
  /** The hosts of a group in a room: those of the configuration and the assigned spares. @throws UsageError for unknown names */
  members(app: string, group: string, room: string): readonly Host[];
  /**
   * The hosts of a node set: names, `@app:`, `@group:`, `@idc:` (or `@room:`), `@role:`, `@all`. A spare host or a
   * gateway is among them only when a name or `@role:` of the expression says so: who types @all means hosts in use.
   * @throws UsageError when it cannot be understood, names something unknown, or leaves no host
   */
  select(expression: string): Host[];
  /** Hosts in use, neither spare nor gateway: those of an app, a group, a room. @throws UsageError for unknown names */
  inUse(where: Where): Host[];
}

/** What is left open fits all. */
export interface Where {
  readonly app?: string | undefined;
  readonly group?: string | undefined;
  readonly room?: string | undefined;
}

/** Hosts with their roles and the way to each. Reads no files: the configuration holds what is needed. */
export function buildInventory(config: Config, assigned: readonly Assignment[]): Inventory {
  return new ConfiguredInventory(config, assigned);
}

class ConfiguredInventory implements Inventory {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly #config: Config;
  readonly #assigned: readonly Assignment[];
  readonly #byAddress: ReadonlyMap<string, Host>;
  readonly #lookup: ReturnType<typeof sshClientLookup>;

  constructor(config: Config, assigned: readonly Assignment[]) {
    this.#config = config;
    this.#lookup = sshClientLookup(config);
    this.hosts = new Map(this.#collect(assigned).map((host) => [host.name, host]));
    // A host that has left the configuration stays in the ledger; it cannot be reached, so it is no member.
    this.#assigned = assigned.filter(({ host }) => this.hosts.has(host));
    this.#byAddress = new Map(
      [...this.hosts.values()].map((host) => [canonicalAddress(host.ssh.address), host]),
    );
  }

  host(name: string): Host {
    const host = this.hosts.get(name);
    if (host !== undefined) return host;
    throw unknown('host', name, this.hosts.keys());
  }

  byAddress(address: string): Host | undefined {
    return this.#byAddress.get(canonicalAddress(address));
  }

  jumpHost(name: string): Host | undefined {
    const known = this.hosts.get(name);
    const hostName = this.#lookup?.(name).hostName;
    if (known !== undefined || hostName === undefined) return known;
    const address = hostName.replaceAll('%h', name);
    const ssh = targetMerger(this.#config, this.#lookup)({ name, room: undefined, role: 'gateway', address });
    return { name, room: '', role: 'gateway', ssh };
  }

  spares(room: string): readonly Host[] {
    this.#checkRoom(room);
    return [...this.hosts.values()].filter((host) => host.role === 'spare' && host.room === room);
  }

  members(app: string, group: string, room: string): readonly Host[] {
    const groups = this.#app(app).groups;
    const rooms = groups.get(group);
    if (rooms === undefined) throw unknown(`group of app ${app}`, group, groups.keys());
    this.#checkRoom(room);
    const assigned = this.#assigned.filter(
      (row) => row.app === app && row.group === group && row.room === room,
    );
    return this.#inOrder([...(rooms.get(room) ?? []), ...assigned.map(({ host }) => host)]);
  }

  select(expression: string): Host[] {
    const terms = parseNodeSet(expression);
    const hosts = this.#inOrder(expandNodeSet(terms, (group) => this.#namesOf(group)));
    const named = this.#named(terms);
    const wanted = hosts.filter((host) => host.role === 'member' || named.has(host.name));
    if (wanted.length > 0) return wanted;
    throw new UsageError(
      `the node set ${JSON.stringify(expression)} leaves no host`,
      hosts.length > 0
        ? 'spare hosts and gateways go by name, or by @role:spare and @role:gateway'
        : undefined,
    );
  }

  inUse({ app, group, room }: Where): Host[] {
    if (room !== undefined) this.#checkRoom(room);
    const hosts = this.#inOrder(this.#namesOfGroups(app, group));
    return hosts.filter((host) => host.role === 'member' && (room === undefined || host.room === room));
  }

  #namesOfGroups(app: string | undefined, group: string | undefined): readonly string[] {
    if (app === undefined) return group === undefined ? [...this.hosts.keys()] : this.#namesOfGroup(group);
    const groups = group === undefined ? [...this.#app(app).groups.keys()] : [group];
    return this.#membersOf(groups.map((each) => [app, each]));
  }

  /** Hosts that an expression names one by one or by their role. */
  #named(terms: NodeSet): ReadonlySet<string> {
    return new Set(
      terms.flatMap(({ operand }) => {
        if ('names' in operand) return operand.names;
        return operand.group.source === 'role' ? this.#namesOf(operand.group) : [];
      }),
    );
  }

  #collect(assigned: readonly Assignment[]): Host[] {
    const inUse = new Set(assigned.map(({ host }) => host));
    const merge = targetMerger(this.#config, this.#lookup);
    const hosts = new Map<string, Host>();
    const add = (name: string, room: string, role: HostRole, address: string) =>
      hosts.set(name, { name, room, role, ssh: merge({ name, room, role, address }) });
    for (const [room, { hosts: members, spare, gateway }] of this.#config.rooms) {
      for (const [name, address] of members) add(name, room, 'member', address);
      for (const [name, address] of spare) add(name, room, inUse.has(name) ? 'member' : 'spare', address);
      const gatewayAddress = gateway && (gateway.address ?? members.get(gateway.host) ?? gateway.outOfBand);
      if (gateway !== undefined && gatewayAddress !== undefined)
        add(gateway.host, room, 'gateway', gatewayAddress);
    }
    return [...hosts.values()].sort((a, b) => compareNaturally(a.name, b.name));
  }

  #inOrder(names: Iterable<string>): Host[] {
    return [...new Set(names)]
      .map((name) => this.host(name))
      .sort((a, b) => compareNaturally(a.name, b.name));
  }

  #namesOf({ source, name }: GroupReference): readonly string[] {
    switch (source) {
      case 'all':
        return [...this.hosts.keys()];
      case 'app':
        return this.#membersOf([...this.#app(name).groups.keys()].map((group) => [name, group]));
      case 'group':
        return this.#namesOfGroup(name);
      case 'idc':
      case 'room':
        this.#checkRoom(name);
        return this.#namesWhere((host) => host.room === name);
      case 'role':
        return this.#namesOfRole(name);
      default:
        throw unknown('group source', `@${source}`, ['@app', '@group', '@idc', '@room', '@role', '@all']);
    }
  }

  #namesOfGroup(group: string): readonly string[] {
    const pairs = [...this.#config.apps.values()].flatMap((app) =>
      app.groups.has(group) ? [[app.name, group] as const] : [],
    );
    if (pairs.length > 0) return this.#membersOf(pairs);
    const known = [...this.#config.apps.values()].flatMap((app) => [...app.groups.keys()]);
    throw unknown('group', group, known);
  }

  #namesOfRole(role: string): readonly string[] {
    const roles: readonly HostRole[] = ['member', 'spare', 'gateway'];
    if (!roles.some((known) => known === role)) throw unknown('role', role, roles);
    return this.#namesWhere((host) => host.role === role);
  }

  #membersOf(groups: readonly (readonly [app: string, group: string])[]): string[] {
    const rooms = [...this.#config.rooms.keys()];
    return groups.flatMap(([app, group]) =>
      rooms.flatMap((room) => this.members(app, group, room).map(({ name }) => name)),
    );
  }

  #namesWhere(wanted: (host: Host) => boolean): string[] {
    return [...this.hosts.values()].filter(wanted).map(({ name }) => name);
  }

  #app(name: string) {
    const app = this.#config.apps.get(name);
    if (app !== undefined) return app;
    throw unknown('app', name, this.#config.apps.keys());
  }

  #checkRoom(room: string): void {
    if (!this.#config.rooms.has(room)) throw unknown('room', room, this.#config.rooms.keys());
  }
}

function unknown(what: string, name: string, candidates: Iterable<string>): UsageError {
  const known = [...candidates];
  const hint = known.length > 0 && known.length <= 12 ? `Known: ${known.join(', ')}.` : undefined;
  return new UsageError(`there is no ${what} ${name}${didYouMean(name, known)}`, hint);
}
