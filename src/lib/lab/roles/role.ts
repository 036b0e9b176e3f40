import type { RoomName } from '../address-plan.js';
import type { TreeEntry } from '../file-tree.js';

/** A service beside the shop. A lab has its hosts only if they are asked for: `kuafu lab up --with NAME`. */
export interface LabRole {
  /** Debian packages: a separate layer between the image and the hosts of the role that need them. */
  readonly packages: readonly string[];
  /** Files that must be there when the packages are installed. */
  readonly layerFiles: readonly TreeFile[];
  /** In the order in which they become ready. */
  hosts(): readonly RoleHost[];
  /** Its part of the section `layers` of the lab's configuration. */
  layers(): Readonly<Record<string, object>>;
  /** The secrets of that part, by the variables that it names. `kuafu lab run` sets them. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export type TreeFile = Extract<TreeEntry, { readonly content: string | Buffer }> & {
  readonly content: string;
};

export interface RoleHost {
  readonly name: string;
  /** A description for the operator. */
  readonly title: string;
  /** Undefined: on the carrier's side. */
  readonly room: RoomName | undefined;
  readonly address: string;
  /** False: everything it needs is in the image. */
  readonly hasPackages: boolean;
  readonly files: readonly TreeEntry[];
  /** Services of systemd that start when it boots. */
  readonly units: readonly string[];
  /** The address for users on the carrier's side: an address of its room's gateway, for TCP and UDP. */
  readonly published?: { readonly address: string; readonly port: number };
  /** Shell commands that are repeated until their exit status is 0: then the host is ready. They may be run at any time. */
  readonly ready: string;
}
