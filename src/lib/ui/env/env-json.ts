import type { EnvDifference } from '../../env/env-diff.js';
import type { RoomValue } from '../../env/env-rooms.js';
import type { HostOutcome } from '../../fanout/outcome.js';

export interface EnvShown {
  readonly app: string;
  readonly file: string;
  readonly mode: string;
  readonly rooms: readonly string[];
  readonly values: readonly RoomValue[];
}

/** Hosts whose files have the same differences; no differences: they have what the configuration would write. */
export interface EnvGroup {
  readonly hosts: readonly string[];
  readonly differences: readonly EnvDifference[];
}

export interface EnvCompared {
  readonly app: string;
  readonly file: string;
  readonly exitCode: number;
  readonly groups: readonly EnvGroup[];
  /** Hosts whose service was started before the file was last changed. */
  readonly restartNeeded: readonly string[];
  /** Hosts whose file could not be read. */
  readonly unread: readonly HostOutcome[];
}

/** `kuafu env show --json`; schemas/env-show.schema.json. */
export function envShowDocument({ app, file, mode, rooms, values }: EnvShown): object {
  return { kind: 'kuafu.env-show', version: 1, app, file, mode, rooms, values };
}

/** `kuafu env diff --json`; schemas/env-diff.schema.json. */
export function envDiffDocument({ app, file, exitCode, groups, restartNeeded, unread }: EnvCompared): object {
  return {
    kind: 'kuafu.env-diff',
    version: 1,
    app,
    file,
    exitCode,
    groups,
    restartNeeded,
    unread: unread.map(({ host, status, message, stderr }) => ({
      host,
      status,
      message: message === '' ? stderr.trim() : message,
    })),
  };
}
