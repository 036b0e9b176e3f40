import type { HealthCheck } from '../config/config-types.js';
import type { SecretText } from '../masking/secret.js';
import type { RemoteCommand } from '../shell/command.js';

/** What a step does, as data. Code is looked up by `kind` (run/handlers.ts), so a plan can be stored and resumed. */
export type Action =
  | { readonly kind: 'claim'; readonly room: string }
  | { readonly kind: 'connect'; readonly need: HostNeed }
  | { readonly kind: 'script'; readonly name: string; readonly command: RemoteCommand }
  | CopyAction
  | {
      readonly kind: 'env';
      readonly path: string;
      readonly mode: string;
      readonly values: readonly EnvValue[];
      /** What stood in the file stays beside it, for a rollback. */
      readonly keepsPrevious?: true;
      /** `user:group` for a file that is not there yet; absent: the account that writes it. */
      readonly owner?: string;
      /** Where a file is there these stay its own, but that nobody else may read it. */
      readonly keeps?: readonly ('mode' | 'owner')[];
      /** It is an expansion that brings it: an undo takes it away again. */
      readonly brings?: true;
    }
  | {
      readonly kind: 'env-rollback';
      readonly path: string;
      /** Inode and time of the previous version: the one that was there when the plan was made. No digest, as secrets are in it. */
      readonly version: string;
    }
  | {
      readonly kind: 'service';
      readonly unit: string;
      readonly wanted: 'started' | 'stopped';
      /** Folders below /etc/systemd/system by which the template starts it at boot, such as `multi-user.target.wants`. */
      readonly wantedIn?: readonly string[];
    }
  | {
      readonly kind: 'health';
      readonly check: HealthCheck;
      readonly url: string;
      readonly unit: string;
      /** Its places in traffic, out of which it is kept meanwhile. */
      readonly servers?: readonly BalancerServer[];
    }
  | TrafficAction
  | LeaveAction
  | {
      readonly kind: 'rejoin';
      readonly unit: string;
      readonly invocation: string;
      readonly server: BalancerServer;
      readonly servers?: readonly BalancerServer[];
      /** The step that took it out: what that found out already stays so. */
      readonly after?: string;
      /** The step that brings it back: once that is done there is nothing to take back. */
      readonly until?: string;
    }
  | {
      readonly kind: 'drain';
      readonly withinMs: number;
      /** Then nobody comes any more, whoever persists, until it is made ready: maintenance. What is still open is a failure. */
      readonly shuts?: true;
      readonly server: BalancerServer;
      readonly servers?: readonly BalancerServer[];
    }
  | StopAction
  | {
      readonly kind: 'start';
      readonly unit: string;
      /** A later step looks whether what went down with it is up again. */
      readonly sidecarsLater?: true;
      /** Its places in traffic, out of which it is kept meanwhile. */
      readonly servers?: readonly BalancerServer[];
      /**
       * The step that judges the run, and how it asks. A resume asks so whether a run that was never healthy is by now: if
       * not, it is ended and another begun, which reads what was mended.
       */
      readonly judged?: { readonly by: string; readonly url: string; readonly check: HealthCheck };
    }
  | { readonly kind: 'keep-out'; readonly app: string; readonly wanted: 'out' | 'in' }
  /** Starts again what went down with a unit, and holds that it is up. */
  | { readonly kind: 'sidecars'; readonly unit: string }
  | { readonly kind: 'member'; readonly app: string; readonly group: string; readonly room: string }
  | {
      readonly kind: 'remove';
      readonly paths: readonly string[];
      /** Stays, as it was not brought. */
      readonly exclude?: readonly string[];
      /** Of `paths`, the environment files. */
      readonly files?: readonly string[];
      /** Brought by a version that wrote nothing down on hosts: it goes where it is this still. */
      readonly unrecorded?: Unrecorded;
      /** What went is said, and not only what stays. */
      readonly tells?: true;
    }
  | { readonly kind: 'release'; readonly room: string }
  | { readonly kind: 'unmoved'; readonly from: string; readonly tree: FileTree };

/**
 * Puts a host into traffic, or takes it out for good. `enrolled`: its balancers know it and check its health, and send it no
 * request yet.
 */
export interface TrafficAction {
  readonly kind: 'traffic';
  readonly wanted: 'enrolled' | 'in' | 'out';
  readonly server: BalancerServer;
  /** Where a room has several balancers: all of them, `server` first. */
  readonly servers?: readonly BalancerServer[];
  /** It comes back: what somebody else did to it at the balancer meanwhile stays. */
  readonly back?: true;
  /** It was shut: its balancers check its health anew before they send it a request. */
  readonly wasShut?: true;
  /** The step that took it out: what that found out already stays so. */
  readonly after?: string;
}

/** Takes a host out of traffic for a while; it stays known to the balancer. */
export interface LeaveAction {
  readonly kind: 'leave';
  readonly server: BalancerServer;
  readonly servers?: readonly BalancerServer[];
  readonly floor: CapacityFloor;
  /** Nothing is to be done on the host itself: it may be silent. */
  readonly unasked?: true;
  /** The plan saw it in traffic: where it is out before the step began, somebody else took it out. */
  readonly wasIn?: true;
}

/**
 * Ends the run of a unit that the plan saw there. Once another run has begun, that one is left alone: so nothing is
 * restarted twice, whatever happened in between.
 */
export interface StopAction {
  readonly kind: 'stop';
  readonly unit: string;
  /** The InvocationID of that run (systemd.exec(5)); empty: not known, any run. */
  readonly invocation: string;
  /** Where no balancer knows who serves, capacity goes with the stop. */
  readonly floor?: CapacityFloor;
  /** Its places in traffic: it is taken out again where a balancer forgot it, right before the stop and meanwhile. */
  readonly servers?: readonly BalancerServer[];
  /** How long requests may take to end that come when it is not, in milliseconds. */
  readonly drainMs?: number;
}

/** How many hosts of a group must stay healthy, and in traffic where there is a balancer, when one goes. */
export interface CapacityFloor {
  readonly least: number;
  /** Node set of the whole group in the room. */
  readonly members: string;
  readonly unit: string;
  readonly check: HealthCheck | null;
  /** How long to wait for others to come back before giving up, in milliseconds. */
  readonly withinMs: number;
}

/** Brings the files of a template host onto a host. */
export interface CopyAction {
  readonly kind: 'copy';
  readonly from: string;
  readonly tree: FileTree;
  /** `chain`: from host to host. `one-hop`: by way of the machine that kuafu runs on. */
  readonly method: 'chain' | 'one-hop';
  /** How many others a host of the chain gives the archive to at a time. */
  readonly width: number;
  /** Addresses and networks from which a host of the chain takes it. */
  readonly sources: readonly string[];
  /** Most that a host gives on, in bytes a second; undefined: as fast as it goes. */
  readonly bytesPerSecond?: number;
  /** What is there and was not brought by kuafu may go. */
  readonly replace?: true;
}

/** What an expansion has brought, as its plan knows it. */
export interface Unrecorded {
  readonly tree?: FileTree;
  readonly env?: { readonly path: string; readonly values: readonly EnvValue[] };
}

/** One line of an environment file. */
export interface EnvValue {
  readonly name: string;
  readonly value: SecretText;
}

export type ActionKind = Action['kind'];

/** What a host must be like before anything is put on it. */
export interface HostNeed {
  readonly arch: string;
  readonly osId: string;
  /** Free space in bytes on the file system of each path. */
  readonly diskFree: readonly { readonly path: string; readonly bytes: number }[];
  readonly tools: readonly string[];
  /** A systemd unit that must not run there yet: where it does, the host is no spare. */
  readonly idleUnit: string;
  /** What is to be put there; absent in plans made before this was looked at. */
  readonly place?: PlaceNeed;
  /** Its health will be asked so; absent where it is not, and in plans made before this was looked at. */
  readonly health?: { readonly url: string; readonly check: HealthCheck };
}

/** Paths at which nothing may be that would have to be taken away: no mount, nothing that kuafu did not bring. */
export interface PlaceNeed {
  readonly tree: FileTree;
  /** The environment file; empty where there is none. */
  readonly env: string;
  /** What kuafu did not bring may go. */
  readonly replace: boolean;
}

/** Files of a template host: absolute paths, what to leave out, and the digest of the archive they make. */
export interface FileTree {
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  /** sha256 (hex) of the uncompressed archive; equal trees have equal digests, see app/archive.ts. */
  readonly digest: string;
  /** Size of the uncompressed archive in bytes. */
  readonly bytes: number;
  readonly packed: PackedArchive;
  /** `pax` keeps capabilities, access lists and holes as well. Absent, as in plans made before there was a choice: `gnu`. */
  readonly format?: 'pax';
}

/** The archive as it is sent: packed by the same program it is the same bytes again. */
export interface PackedArchive {
  readonly codec: 'zstd' | 'gzip';
  /** BLAKE2b-512 (hex) of the packed archive. */
  readonly digest: string;
  readonly bytes: number;
}

/**
 * One server of a backend, and the balancer host that has it. Found by address and port; the name is what it has there, which
 * need not be the host's.
 */
export interface BalancerServer {
  readonly balancer: string;
  /** How that balancer takes commands: to be handed on as it is, and taken apart by layers/http alone. */
  readonly control: string;
  readonly backend: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** What stands behind its address when it is added; absent: what stands there for its neighbours. */
  readonly options?: string;
}
