import type { Config } from '../config/config-types.js';
import type { Assignment, Host, HostRole } from '../names/host.js';
import type { GroupReference } from '../names/nodeset.js';
import { unknown } from '../names/unknown.js';
import { isWildcard, matching } from '../names/wildcard.js';

const ROLES: readonly HostRole[] = ['member', 'spare', 'gateway'];
const SOURCES = ['@app', '@group', '@idc', '@room', '@role', '@all'];

/** The names of hosts by application, group, room and role. Each method throws a UsageError for an unknown name. */
export class HostGroups {
  readonly #config: Config;
  readonly #hosts: ReadonlyMap<string, Host>;
  readonly #assigned: readonly Assignment[];

  constructor(config: Config, hosts: ReadonlyMap<string, Host>, assigned: readonly Assignment[]) {
    this.#config = config;
    this.#hosts = hosts;
    this.#assigned = assigned;
  }

  /** The hosts of `@app:shop`, `@idc:B` and so on; `*` and `?` in the name match every name of that form. */
  of({ source, name }: GroupReference): readonly string[] {
    switch (source) {
      case 'all':
        return [...this.#hosts.keys()];
      case 'app':
        return some('application', name, this.#config.apps.keys()).flatMap((app) => this.ofApp(app));
      case 'group':
        return some('group', name, this.#groupNames()).flatMap((group) => this.ofGroup(group));
      case 'idc':
      case 'room': {
        const rooms = some('room', name, this.#config.rooms.keys());
        return this.#where((host) => rooms.includes(host.room));
      }
      case 'role': {
        const roles = some('role', name, ROLES);
        return this.#where((host) => roles.includes(host.role));
      }
      default:
        throw unknown('group source', `@${source}`, SOURCES);
    }
  }

  /** The hosts of every application that has a group of this name. */
  ofGroup(group: string): readonly string[] {
    some('group', group, this.#groupNames());
    return this.#membersOf(
      [...this.#config.apps.values()].flatMap((app) => (app.groups.has(group) ? [[app.name, group]] : [])),
    );
  }

  ofApp(app: string): readonly string[] {
    return this.#membersOf([...this.#app(app).groups.keys()].map((group) => [app, group]));
  }

  /** The hosts of the configuration, then the assigned spare hosts. */
  members(app: string, group: string, room: string): readonly string[] {
    const { groups } = this.#app(app);
    const rooms = groups.get(group);
    if (rooms === undefined) throw unknown(`group of application ${app}`, group, groups.keys());
    this.checkRoom(room);
    const assigned = this.#assigned.filter(
      (row) => row.app === app && row.group === group && row.room === room,
    );
    return [...(rooms.get(room) ?? []), ...assigned.map(({ host }) => host)];
  }

  /** The hosts of one group of an application in all rooms. */
  ofAppGroup(app: string, group: string): readonly string[] {
    return this.#membersOf([[app, group]]);
  }

  checkRoom(room: string): void {
    if (!this.#config.rooms.has(room)) throw unknown('room', room, this.#config.rooms.keys());
  }

  #membersOf(groups: readonly (readonly string[])[]): string[] {
    const rooms = [...this.#config.rooms.keys()];
    return groups.flatMap(([app = '', group = '']) =>
      rooms.flatMap((room) => this.members(app, group, room)),
    );
  }

  #where(wanted: (host: Host) => boolean): string[] {
    return [...this.#hosts.values()].filter(wanted).map(({ name }) => name);
  }

  #groupNames(): string[] {
    return [...this.#config.apps.values()].flatMap((app) => [...app.groups.keys()]);
  }

  #app(name: string) {
    const app = this.#config.apps.get(name);
    if (app !== undefined) return app;
    throw unknown('application', name, this.#config.apps.keys());
  }
}

/** The name itself, or the names that match its wildcard; never empty. */
function some<Name extends string>(what: string, name: string, candidates: Iterable<Name>): readonly Name[] {
  const known = [...new Set(candidates)];
  const found = isWildcard(name) ? matching(name, known) : known.filter((each) => each === name);
  if (found.length > 0) return found;
  throw unknown(what, name, known);
}
