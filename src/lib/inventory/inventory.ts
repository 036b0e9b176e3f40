import type { Config } from '../config/config-types.js';
import { type ExplainedTarget, explainTarget, type TargetOf } from '../config/ssh-target.js';
import { UsageError } from '../errors.js';
import { canonicalAddress, isAddress, isSameAddress } from '../names/addresses.js';
import type { Assignment, Host, HostRole } from '../names/host.js';
import { compareNaturally } from '../names/natural-order.js';
import { evaluateNodeSet, type NodeLookup, parseNodeSet } from '../names/nodeset.js';
import { unknown } from '../names/unknown.js';
import { matching } from '../names/wildcard.js';
import type { Jump } from '../ssh-config/jump.js';
import { HostGroups } from './host-groups.js';

/** All hosts, from the configuration and the ledger together. Lists are in natural order (web-2 before web-10). */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, Host>;
  /** By name or address. @throws UsageError when there is no such host */
  host(name: string): Host;
  /** Accepts IPv6 with or without brackets. */
  byAddress(address: string): Host | undefined;
  /**
   * A jump host on the path to a host: a host of the configuration by its name or address, or else a name that only ssh_config or
   * DNS knows. An account and a port beside its name apply to that connection.
   */
  jumpHost(jump: Jump, target: Host): Host;
  /** How a host is reached, and where each setting comes from. */
  explain(host: Host): ExplainedTarget;
  /** Spare hosts of a room that are not assigned to a group. */
  spares(room: string): readonly Host[];
  /** The hosts of a group in a room, from the configuration and the assigned spare hosts. @throws UsageError for unknown names */
  members(app: string, group: string, room: string): readonly Host[];
  /**
   * The hosts of a node set: names, addresses, `web-*`, `@app:`, `@group:`, `@idc:` (or `@room:`), `@role:`, `@all`. A spare host
   * or a gateway is included only when a name, an address or `@role:` selects it: `@all` and `new-*` mean hosts in use.
   * @throws UsageError when it cannot be parsed, has an unknown name, or selects no host
   */
  select(expression: string): Host[];
  /**
   * The names of a node set without groups. Some names may be known only to the ledger; `web-*` means all hosts that match, in
   * any role.
   * @throws UsageError when it cannot be parsed, or no host matches
   */
  names(expression: string): string[];
  /** Hosts in use, neither spare host nor gateway, of an app, a group or a room. @throws UsageError for unknown names */
  inUse(where: Where): Host[];
}

/** A condition that is absent matches every host. */
export interface Where {
  readonly app?: string | undefined;
  readonly group?: string | undefined;
  readonly room?: string | undefined;
}

/** Hosts with their roles and the path to each. Reads no files: the configuration has all that is needed. */
export function buildInventory(config: Config, assigned: readonly Assignment[]): Inventory {
  return new ConfiguredInventory(config, assigned);
}

class ConfiguredInventory implements Inventory {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly #config: Config;
  readonly #groups: HostGroups;
  readonly #byAddress: ReadonlyMap<string, Host>;
  /** Addresses as the configuration has them, by host; a DNS name here is not yet resolved by ssh_config. */
  readonly #written = new Map<string, string>();

  readonly #lookup: NodeLookup = {
    group: (group) => this.#meant(this.#groups.of(group), group.source === 'role'),
    wildcard: (pattern) => this.#meant(this.#like(pattern), false),
    nameOf: (word) => this.host(word).name,
  };

  constructor(config: Config, assigned: readonly Assignment[]) {
    this.#config = config;
    this.hosts = new Map(this.#collect(assigned).map((host) => [host.name, host]));
    // A host that was removed from the configuration stays in the ledger. It cannot be reached, so it is no member.
    const present = assigned.filter(({ host }) => this.hosts.has(host));
    this.#groups = new HostGroups(config, this.hosts, present);
    this.#byAddress = new Map([
      ...this.#gateways(),
      ...[...this.hosts.values()].map((host) => [canonicalAddress(host.ssh.address), host] as const),
    ]);
  }

  host(name: string): Host {
    const host = this.hosts.get(name) ?? this.byAddress(name);
    if (host !== undefined) return host;
    throw unknown('host', name, this.hosts.keys());
  }

  byAddress(address: string): Host | undefined {
    return this.#byAddress.get(canonicalAddress(address.replace(/^\[(.*)\]$/, '$1')));
  }

  jumpHost(jump: Jump, target: Host): Host {
    const { host, user, port } = jump;
    const known = this.hosts.get(host) ?? this.byAddress(host);
    if (known !== undefined) {
      const own = this.#targetOf(known);
      // A gateway that is named by its out-of-band address is to be reached there: its intranet may be cut.
      const address = isAddress(host) && !isSameAddress(host, known.ssh.address) ? host : own.address;
      if (user === undefined && port === undefined && address === own.address) return known;
      return { ...known, ssh: explainTarget(this.#config, { ...own, address, jump }).ssh };
    }
    // The jump host of a room uses the room's account and keys if no others are set.
    const room = this.#config.rooms.has(target.room) ? target.room : undefined;
    const foreign = { name: host, room, role: 'gateway' as const, address: host, jump, isForeign: true };
    const { ssh } = explainTarget(this.#config, foreign);
    return { name: port === undefined ? host : `${host}:${port}`, room: target.room, role: 'gateway', ssh };
  }

  explain(host: Host): ExplainedTarget {
    return explainTarget(this.#config, this.#targetOf(host));
  }

  #targetOf({ name, room, role, ssh }: Host): TargetOf {
    return { name, room, role, address: this.#written.get(name) ?? ssh.address };
  }

  spares(room: string): readonly Host[] {
    this.#groups.checkRoom(room);
    return [...this.hosts.values()].filter((host) => host.role === 'spare' && host.room === room);
  }

  members(app: string, group: string, room: string): readonly Host[] {
    return this.#inOrder(this.#groups.members(app, group, room));
  }

  select(expression: string): Host[] {
    const found = evaluateNodeSet(parseNodeSet(expression), this.#lookup);
    const hosts = this.#inOrder([...found].flatMap(([name, isMeant]) => (isMeant ? [name] : [])));
    if (hosts.length > 0) return hosts;
    throw new UsageError(
      `the node set ${JSON.stringify(expression)} leaves no host`,
      found.size > 0 ? 'spare hosts and gateways go by name, or by @role:spare and @role:gateway' : undefined,
    );
  }

  names(expression: string): string[] {
    const wildcard = (pattern: string) => new Map(this.#like(pattern).map((name) => [name, true]));
    const nameOf = (word: string) => (this.hosts.get(word) ?? this.byAddress(word))?.name ?? word;
    return [...evaluateNodeSet(parseNodeSet(expression), { wildcard, nameOf }).keys()];
  }

  inUse({ app, group, room }: Where): Host[] {
    if (room !== undefined) this.#groups.checkRoom(room);
    const hosts = this.#inOrder(this.#namesOfGroups(app, group));
    return hosts.filter((host) => host.role === 'member' && (room === undefined || host.room === room));
  }

  #namesOfGroups(app: string | undefined, group: string | undefined): readonly string[] {
    if (app === undefined) return group === undefined ? [...this.hosts.keys()] : this.#groups.ofGroup(group);
    return group === undefined ? this.#groups.ofApp(app) : this.#groups.ofAppGroup(app, group);
  }

  /** The gateways by each of their addresses. */
  #gateways(): (readonly [address: string, host: Host])[] {
    return [...this.#config.rooms.values()].flatMap(({ gateway }) => {
      const host = gateway && this.hosts.get(gateway.host);
      const { outOfBand } = gateway ?? {};
      return host === undefined || outOfBand === undefined
        ? []
        : [[canonicalAddress(outOfBand), host] as const];
    });
  }

  /** Hosts in use are selected in every operand, other hosts only in operands that select them. */
  #meant(names: readonly string[], others: boolean): Map<string, boolean> {
    return new Map(names.map((name) => [name, others || this.host(name).role === 'member']));
  }

  /** Hosts that match by name, or by address if the pattern cannot be a name: 198.18.1.*. Never empty. */
  #like(pattern: string): string[] {
    const mayBeAddress = /^[0-9*?]+\.[0-9.*?]+$|:/.test(pattern);
    const names = matching(pattern, this.hosts.keys());
    const addresses = mayBeAddress ? matching(pattern, this.#byAddress.keys()) : [];
    const found = [...names, ...addresses.flatMap((address) => this.byAddress(address)?.name ?? [])];
    if (found.length > 0) return found;
    throw unknown('host', pattern, this.hosts.keys());
  }

  #collect(assigned: readonly Assignment[]): Host[] {
    const inUse = new Set(assigned.map(({ host }) => host));
    const hosts = new Map<string, Host>();
    const add = (name: string, room: string, role: HostRole, address: string) => {
      this.#written.set(name, address);
      const { ssh } = explainTarget(this.#config, { name, room, role, address });
      hosts.set(name, { name, room, role, ssh });
    };
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
}
