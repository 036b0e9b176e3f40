import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Secrets } from '../masking/secret.js';
import { buildZone } from './build-dns.js';
import { buildHttpCheck } from './build-health.js';
import type {
  AppConfig,
  Config,
  DatabaseConfig,
  EnvConfig,
  HealthCheck,
  RoomConfig,
  SshDefaults,
  SshOverrides,
} from './config-types.js';
import { expandHome, homeFolder, stateFolder } from './folders.js';
import { type InventoryRemark, otherSentences } from './inventory-remarks.js';
import { type ProgramHost, programWords } from './program-hosts.js';
import type { AppShape, DatabaseShape, RoomShape, Shape, SshShape } from './schema.js';
import type { HostEntry } from './schema-rooms.js';

/** All parts of a configuration without faults. */
export interface ConfigParts {
  readonly file: string;
  readonly shape: Shape;
  readonly env: NodeJS.ProcessEnv;
  readonly programHosts: readonly ProgramHost[];
  /** Names of hosts from the inventory program that cannot be used. */
  readonly leftOut: ReadonlySet<string>;
  readonly remarks: readonly InventoryRemark[];
  readonly secrets: Secrets;
  readonly sshFiles: SshFiles;
}

/** The SSH files on this machine's disk. */
export interface SshFiles {
  readonly clientConfig: SshDefaults['clientConfig'];
  readonly identityFiles: readonly string[];
  readonly knownHosts: readonly string[];
}

/** The configuration as the rest of the program sees it. Everything was checked before; nothing is checked here. */
export function buildConfig(parts: ConfigParts): Config {
  const { file, shape, env, programHosts, leftOut, remarks, secrets, sshFiles } = parts;
  const home = homeFolder(env);
  return {
    file,
    ledger: {
      kind: 'sqlite',
      file: expandHome(shape.ledger.file ?? join(stateFolder(env), 'ledger.db'), home),
    },
    ssh: buildSsh(shape.ssh, sshFiles, home),
    rooms: new Map(
      Object.entries(shape.rooms).map(([name, room]) => [name, buildRoom(name, room, programHosts, home)]),
    ),
    apps: new Map(
      Object.entries(shape.apps).map(([name, app]) => [name, buildApp(name, app, { home, leftOut })]),
    ),
    databases: new Map(
      Object.entries(shape.layers.database).map(([name, database]) => [name, buildDatabase(name, database)]),
    ),
    dns: new Map(
      Object.entries(shape.layers.dns).map(([name, zone]) => [name, buildZone(name, zone, file, home)]),
    ),
    inventory: shape.inventory && {
      exec: programWords(shape.inventory.exec, file, home),
      timeoutMs: shape.inventory.timeout,
      remarks: otherSentences(remarks),
    },
    hostSsh: new Map(programHosts.map(({ name, ssh }) => [name, ssh])),
    secrets,
  };
}

function buildSsh(shape: SshShape, files: SshFiles, home: string): SshDefaults {
  const explicit = { ...overrides(shape, home), knownHosts: shape.knownHosts && files.knownHosts };
  return {
    port: explicit.port ?? 22,
    user: explicit.user ?? userInfo().username,
    identityFiles: explicit.identityFiles ?? files.identityFiles,
    hostKeys: explicit.hostKeys ?? 'strict',
    connectTimeoutMs: explicit.connectTimeoutMs ?? 10_000,
    proxyJump: explicit.proxyJump ?? [],
    knownHosts: files.knownHosts,
    clientConfig: files.clientConfig,
    explicit,
  };
}

function overrides(shape: SshShape, home: string): SshOverrides {
  return {
    user: shape.user,
    port: shape.port,
    identityFiles: shape.identityFile?.map((path) => expandHome(path, home)),
    hostKeys: shape.hostKeys,
    connectTimeoutMs: shape.connectTimeout,
    proxyJump: shape.proxyJump,
  };
}

function buildRoom(
  name: string,
  room: RoomShape,
  programHosts: readonly ProgramHost[],
  home: string,
): RoomConfig {
  const ofProgram = (role: ProgramHost['role']) =>
    programHosts.filter((host) => host.room === name && host.role === role);
  return {
    name,
    title: room.title ?? name,
    network: room.network,
    gateway: room.gateway && {
      host: room.gateway.host,
      address: room.gateway.address,
      outOfBand: room.gateway.outOfBand,
    },
    hosts: addressesByName([...room.hosts, ...ofProgram('host')]),
    spare: addressesByName([...room.spare, ...ofProgram('spare')]),
    ...(room.ssh && { ssh: overrides(room.ssh, home) }),
  };
}

function addressesByName(hosts: readonly Pick<HostEntry, 'name' | 'address'>[]): Map<string, string> {
  return new Map(hosts.map(({ name, address }) => [name, address]));
}

function buildApp(
  name: string,
  app: AppShape,
  { home, leftOut }: { home: string; leftOut: ReadonlySet<string> },
): AppConfig {
  const present = (hosts: readonly string[]) => hosts.filter((host) => !leftOut.has(host));
  return {
    name,
    service: app.service,
    user: app.user,
    files: app.files,
    exclude: app.exclude,
    health: app.health && buildHealth(app.health, home),
    env: app.env && buildEnv(app.env),
    traffic: app.traffic && {
      balancers: new Map(Object.entries(app.traffic.haproxy)),
      control: `haproxy:${app.traffic.socket}`,
      backend: app.traffic.backend ?? name,
      ...(app.traffic.server === undefined ? {} : { server: app.traffic.server }),
      port: app.traffic.port,
    },
    logs: app.logs && { files: app.logs.files, journal: app.logs.journal },
    version: app.version,
    groups: new Map(
      Object.entries(app.groups).map(([group, rooms]) => [
        group,
        new Map(Object.entries(rooms).map(([room, hosts]) => [room, present(hosts)])),
      ]),
    ),
  };
}

function buildHealth(health: NonNullable<AppShape['health']>, home: string): HealthCheck {
  const { via, passes, every, within } = health;
  return {
    ...buildHttpCheck(health, home),
    ...(via === 'auto' ? {} : { via }),
    passes,
    everyMs: every,
    withinMs: within,
  };
}

function buildEnv({ file, owner, mode, common, rooms, shared }: NonNullable<AppShape['env']>): EnvConfig {
  return {
    file,
    ...(owner === undefined ? {} : { owner }),
    ...(mode === undefined ? {} : { mode }),
    common: new Map(Object.entries(common)),
    rooms: new Map(Object.entries(rooms).map(([room, values]) => [room, new Map(Object.entries(values))])),
    shared,
  };
}

function buildDatabase(
  name: string,
  { members, home, port, proxies, replication }: DatabaseShape,
): DatabaseConfig {
  return {
    name,
    members: new Map(Object.entries(members)),
    home,
    port,
    proxies: proxies && {
      hosts: new Map(Object.entries(proxies.haproxy)),
      control: `haproxy:${proxies.socket}`,
      backend: proxies.backend,
    },
    replication,
  };
}
