import type { RoomName } from '../address-plan.js';
import type { TreeEntry } from '../file-tree.js';

/** A service beside the shop. A lab has its hosts only where it was asked for: `kuafu lab up --with NAME`. */
export interface LabRole {
  /** Debian packages: a layer of their own, between the image and those hosts of the role that have them. */
  readonly packages: readonly string[];
  /** What packages must find when they are installed. */
  readonly layerFiles: readonly TreeFile[];
  /** In the order in which they are made ready. */
  hosts(): readonly RoleHost[];
}

export type TreeFile = Extract<TreeEntry, { readonly content: string | Buffer }> & {
  readonly content: string;
};

export interface RoleHost {
  readonly name: string;
  /** What it is, for a reader. */
  readonly title: string;
  /** Undefined: on the carrier's side. */
  readonly room: RoomName | undefined;
  readonly address: string;
  /** False: all it needs is in the image. */
  readonly hasPackages: boolean;
  readonly files: readonly TreeEntry[];
  /** Services of systemd that start when it boots. */
  readonly units: readonly string[];
  /** Where users on the carrier's side find it: an address of its room's gateway, for TCP and UDP. */
  readonly published?: { readonly address: string; readonly port: number };
  /** Shell commands for it that are run until they end with status 0: the host is ready then. They may be run at any time. */
  readonly ready: string;
}
