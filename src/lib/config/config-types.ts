import type { Secrets, SecretText } from '../masking/secret.js';
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
  readonly inventory:
    | {
        readonly exec: readonly string[];
        readonly timeoutMs: number;
        /** Sentences for who looks at the configuration: hosts in no room, what is not followed. */
        readonly remarks: readonly string[];
      }
    | undefined;
  /** What the inventory program says about single hosts; it goes over their room. */
  readonly hostSsh?: ReadonlyMap<string, SshOverrides>;
  readonly secrets: Secrets;
}

/** What one place says about SSH; what it leaves open comes from the next wider one (host, room, all, ssh_config). */
export type SshOverrides = {
  readonly [Key in keyof Omit<SshTarget, 'address' | 'proxyCommand' | 'refusal'>]?:
    | SshTarget[Key]
    | undefined;
};

/** Defaults for every host; a host's own address comes from its room. */
export interface SshDefaults extends Omit<SshTarget, 'address'> {
  /** Files that are read for host keys; new keys of spare hosts are written to the state folder's own. */
  readonly knownHosts: readonly string[];
  /** The ssh_config files that are honoured; undefined: none. */
  readonly clientConfig?: ClientConfig | undefined;
  /** Only what the configuration says itself: that goes over clientConfig, and clientConfig over the defaults. */
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
  /** The account the service runs as; init creates it. */
  readonly user: string | undefined;
  /** Absolute paths a new host takes from the template host. */
  readonly files: readonly string[];
  readonly exclude: readonly string[];
  readonly health: HealthCheck | undefined;
  readonly env: EnvConfig | undefined;
  readonly traffic: TrafficConfig | undefined;
  readonly logs: { readonly files: readonly string[]; readonly journal: string | undefined } | undefined;
  /** The file on each host whose first line is the version that is installed there. */
  readonly version?: { readonly file: string } | undefined;
  /** Group name to room name to host names. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

/** An HTTP check. `{address}` and `{host}` stand for those of the host that is asked. */
export interface HealthCheck {
  readonly http: string;
  /** How it is asked: sshd's forwarding or a tool on the host alone; absent: whichever works. */
  readonly via?: 'forward' | 'host';
  /** Statuses that are a pass, as ranges with both ends; absent, as in plans of before: 200 to 399. */
  readonly status?: readonly (readonly [from: number, to: number])[];
  /** The Host header, and with https the name that the certificate must have; absent: that of the URL. */
  readonly host?: string;
  /** A file of this machine: the authorities by which a certificate is trusted. */
  readonly ca?: string;
  /** Any certificate is trusted. */
  readonly insecure?: boolean;
  readonly passes: number;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly withinMs: number;
}

/** The environment file of an app on a host: common values, then those of the room. */
export interface EnvConfig {
  readonly file: string;
  /** `user:group`; undefined: that of the file that is there, on a new host that of the template's. */
  readonly owner?: string;
  /** Octal, such as 640; undefined: likewise. */
  readonly mode?: string;
  readonly common: ReadonlyMap<string, SecretText>;
  readonly rooms: ReadonlyMap<string, ReadonlyMap<string, SecretText>>;
  /** What belongs to one room and may stand in the file of another all the same: host names, addresses, values. */
  readonly shared: readonly string[];
}

/** The HTTP entry of each room. */
export interface TrafficConfig {
  /** Room name to the names of its balancer hosts, each of which sends requests. */
  readonly balancers: ReadonlyMap<string, readonly string[]>;
  /** How each of them takes commands: the product, a colon, and where it does, for layers/http. */
  readonly control: string;
  readonly backend: string;
  /** What stands behind the address of a server that is added; absent: what its neighbours have. */
  readonly server?: string;
  /** Port of the app on its hosts. */
  readonly port: number;
}
