import { formatBytes } from '../bytes.js';
import type { HealthCheck } from '../config/config-types.js';
import type { PlaceNeed } from '../copy/file-tree.js';
import { formatDuration } from '../duration.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
import type { RemoteCommand } from '../shell/command.js';

export type HostActions = ConnectAction | ScriptAction;

/** Checks that a host is as it must be. */
export interface ConnectAction {
  readonly kind: 'host.connect';
  readonly need: HostNeed;
}

/** Runs a script that an operator wrote, such as an init template. */
export interface ScriptAction {
  readonly kind: 'host.script';
  readonly name: string;
  readonly command: RemoteCommand;
}

/** What a host must be like before anything is put on it. */
export interface HostNeed {
  readonly arch: string;
  readonly osId: string;
  /** Free space in bytes on the file system of each path. */
  readonly diskFree: readonly { readonly path: string; readonly bytes: number }[];
  readonly tools: readonly string[];
  /**
   * The host that its clock is compared with, and the allowed difference in milliseconds; absent in plans from before this
   * check.
   */
  readonly clock?: { readonly of: string; readonly withinMs: number };
  /** A systemd unit that must not run there yet: if it runs, the host is no spare. */
  readonly idleUnit: string;
  /** What is to be put there; absent in plans from before this check. */
  readonly place?: PlaceNeed;
  /** How its health will be checked; absent if it is not, and in plans from before this check. */
  readonly health?: { readonly url: string; readonly check: HealthCheck };
}

export const isConnect = isKind<ConnectAction>('host.connect');

export const HOST_KINDS: KindsOf<HostActions> = {
  'host.connect': {
    describe: ({ need }) =>
      `check ${need.osId}, ${need.arch}${diskNeed(need.diskFree)}${clockNeed(need.clock)}`,
    onlyLooks: true,
  },
  'host.script': { describe: ({ name }) => name },
};

/** One figure is enough here: the largest need. */
function diskNeed(needs: HostNeed['diskFree']): string {
  return needs.length === 0
    ? ''
    : `, ${formatBytes(Math.max(...needs.map(({ bytes }) => bytes)))} of free disk`;
}

function clockNeed(clock: HostNeed['clock']): string {
  return clock === undefined ? '' : `, clock within ${formatDuration(clock.withinMs)}`;
}
