import type { SecretRef, Secrets, SecretText } from '../masking/secret.js';
import type { SshTarget } from '../names/host.js';
import type { ClientConfig } from '../ssh-config/read.js';

/** The configuration after validation: names checked, durations in milliseconds, paths absolute, secrets taken out. */
export interface Config {
  /** Absolute path of the file it came from. */
  readonly file: string;
  readonly ledger: { readonly kind: 'sqlite'; readonly file: string };
  readonly ssh: SshDefaults;
  readonly rooms: ReadonlyMap<string, RoomConfig>;
  readonly apps: ReadonlyMap<string, AppConfig>;
  readonly databases: ReadonlyMap<string, DatabaseConfig>;
  /** DNS zones, by name. */
  readonly dns: ReadonlyMap<string, DnsZone>;
  readonly inventory:
    | {
        readonly exec: readonly string[];
        readonly timeoutMs: number;
        /** Sentences for a person who reviews the configuration: hosts in no room, settings that are not followed. */
        readonly remarks: readonly string[];
      }
    | undefined;
  /** What the inventory program says about single hosts; it overrides the settings of their room. */
  readonly hostSsh?: ReadonlyMap<string, SshOverrides>;
  readonly secrets: Secrets;
}

/** What one place says about SSH. An unset value comes from the next wider place (host, room, all, ssh_config). */
export type SshOverrides = {
  readonly [Key in keyof Omit<SshTarget, 'address' | 'proxyCommand' | 'refusal'>]?:
    | SshTarget[Key]
    | undefined;
};

/** Defaults for every host; a host's own address comes from its room. */
export interface SshDefaults extends Omit<SshTarget, 'address'> {
  /** Files in which host keys are looked up; new keys of spare hosts are written to the file in the state folder. */
  readonly knownHosts: readonly string[];
  /** The ssh_config files that are followed; undefined: none. */
  readonly clientConfig?: ClientConfig | undefined;
  /** Only what the configuration itself sets: it overrides clientConfig, which overrides the defaults. */
  readonly explicit?: SshOverrides;
}

export interface RoomConfig {
  readonly name: string;
  readonly title: string;
  /** CIDR of the intranet. */
  readonly network: string;
  readonly gateway:
    | { readonly host: string; readonly address: string | undefined; readonly outOfBand: string | undefined }
    | undefined;
  /** Host name to address. */
  readonly hosts: ReadonlyMap<string, string>;
  readonly spare: ReadonlyMap<string, string>;
  readonly ssh?: SshOverrides;
}

export interface AppConfig {
  readonly name: string;
  /** systemd unit, with its suffix. */
  readonly service: string;
  /** The account that the service runs as; init creates it. */
  readonly user: string | undefined;
  /** Absolute paths that a new host takes from the template host. */
  readonly files: readonly string[];
  readonly exclude: readonly string[];
  readonly health: HealthCheck | undefined;
  readonly env: EnvConfig | undefined;
  readonly traffic: TrafficConfig | undefined;
  readonly logs: { readonly files: readonly string[]; readonly journal: string | undefined } | undefined;
  /** The file on each host with the installed version in its first line. */
  readonly version?: { readonly file: string } | undefined;
  /** Group name to room name to host names. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

/** A request, and which answers pass. `{address}` and `{host}` stand for the address and name of what is checked. */
export interface HttpCheck {
  readonly http: string;
  /** Statuses that pass, as ranges with both ends; absent, as in older plans: 200 to 399. */
  readonly status?: readonly (readonly [from: number, to: number])[];
  /** The Host header, and with https the name in the certificate; absent: the host of the URL. */
  readonly host?: string;
  /** A file of this machine with the authorities that are trusted for the certificate. */
  readonly ca?: string;
  /** Any certificate is trusted. */
  readonly insecure?: boolean;
  readonly timeoutMs: number;
}

/** The check of an application on its hosts. */
export interface HealthCheck extends HttpCheck {
  /** How the request is sent: through sshd's forwarding or by a tool on the host; absent: the one that works. */
  readonly via?: 'forward' | 'host';
  readonly passes: number;
  readonly everyMs: number;
  readonly withinMs: number;
}

/** The environment file of an app on a host: common values, then those of the room. */
export interface EnvConfig {
  readonly file: string;
  /** `user:group`; undefined: the owner of the existing file, or on a new host the owner of the template host's file. */
  readonly owner?: string;
  /** Octal, such as 640; undefined: likewise. */
  readonly mode?: string;
  readonly common: ReadonlyMap<string, SecretText>;
  readonly rooms: ReadonlyMap<string, ReadonlyMap<string, SecretText>>;
  /** Values of one room that are allowed in the file of another room: host names, addresses, other values. */
  readonly shared: readonly string[];
}

/** A database with a server in each of two or more rooms, of which one takes writes. */
export interface DatabaseConfig {
  readonly name: string;
  /** Room name to the name of the host with its server there. */
  readonly members: ReadonlyMap<string, string>;
  /** The room whose server takes writes in the steady state. */
  readonly home: string;
  /** Port of the servers. */
  readonly port: number;
  readonly proxies: DatabaseProxies | undefined;
  /** The account by which a server replicates from another; undefined: the primary cannot be moved. */
  readonly replication: DatabaseReplication | undefined;
}

export interface DatabaseReplication {
  readonly user: string;
  readonly password: SecretRef;
}

/** The proxies that send the clients of a room to the server that takes writes. */
export interface DatabaseProxies {
  /** Room name to the name of the proxy's host. */
  readonly hosts: ReadonlyMap<string, string>;
  /** As in TrafficConfig. */
  readonly control: string;
  readonly backend: string;
}

/** The HTTP entry of each room. */
export interface TrafficConfig {
  /** Room name to the names of its balancer hosts; each of them sends requests. */
  readonly balancers: ReadonlyMap<string, readonly string[]>;
  /** How each balancer takes commands: the product, a colon, and its address or path, for layers/http. */
  readonly control: string;
  readonly backend: string;
  /** The options after the address of a server that is added; absent: the options of its neighbours. */
  readonly server?: string;
  /** Port of the app on its hosts. */
  readonly port: number;
}

/** A DNS zone, and the names in it that move between rooms. */
export interface DnsZone {
  readonly name: string;
  readonly provider: DnsProvider;
  /** By name below the zone; `@` is the zone itself. */
  readonly names: ReadonlyMap<string, DnsName>;
  /** Names that may point at a room and stay as they are. */
  readonly excused: readonly string[];
  /** Addresses of resolvers that users ask. */
  readonly resolvers: readonly string[];
  /** How soon users shall have followed where a name leads. */
  readonly recoverySeconds?: number | undefined;
}

/** Who keeps the records of a zone, and how they are changed. */
export type DnsProvider = PowerdnsProvider | Rfc2136Provider | ExecProvider;

interface DnsServers {
  /** Room to the host of its authority. Each has the zone for itself. */
  readonly servers: ReadonlyMap<string, string>;
  /** Where each of them answers questions, as seen from its own host. */
  readonly listen: { readonly address: string; readonly port: number };
}

export interface PowerdnsProvider extends DnsServers {
  readonly kind: 'powerdns';
  /** The URL of the HTTP API, as seen from the host. */
  readonly api: string;
  readonly key: SecretRef;
}

export interface Rfc2136Provider extends DnsServers {
  readonly kind: 'rfc2136';
  readonly key: { readonly name: string; readonly algorithm: string; readonly secret: SecretRef };
}

export interface ExecProvider {
  readonly kind: 'exec';
  /** An absolute path, and arguments. */
  readonly program: readonly string[];
  readonly timeoutMs: number;
}

/** How an authority judges a name by health. */
export interface Judging {
  /** With the host that each address is asked for. */
  readonly url: string;
  readonly timeoutSeconds: number;
  /** All healthy addresses of the first group that has one are the answer. */
  readonly groups: readonly (readonly string[])[];
  /** The answer when no address is healthy: all of them, one by chance, or these. */
  readonly allDown: 'all' | 'one' | readonly string[];
}

export interface DnsName {
  readonly name: string;
  readonly class: string;
  /** The application to which it leads. */
  readonly app?: string | undefined;
  readonly ttlSeconds: number;
  /** The addresses of each room. */
  readonly rooms: ReadonlyMap<string, readonly string[]>;
  /** The weight of each room, 0 to 100, when nothing is moved. */
  readonly steady: ReadonlyMap<string, number>;
  /** The check of a room's entry, at each address of the room. */
  readonly health?: HttpCheck | undefined;
  /** In its steady state its authorities judge it by health; absent: they do not. */
  readonly judging?: Judging | undefined;
}
