import type { PoolHost } from '../../inventory/pool.js';
import type { TakenSpare } from '../../ledger/ledger.js';
import { countStates } from './pool-view.js';

/** `kuafu resource list --json`; schemas/resource-list.schema.json. The counts are of all hosts, even with filters. */
export function poolDocument(
  rooms: readonly string[],
  pool: readonly PoolHost[],
  shown: readonly PoolHost[],
): object {
  return {
    kind: 'kuafu.resource-list',
    version: 1,
    rooms: rooms.map((room) => ({ room, ...countStates(pool.filter((host) => host.room === room)) })),
    hosts: shown.map(({ byHand, ...host }) => ({
      ...host,
      since: host.since === '' ? null : host.since,
      reservedBy: byHand?.operator ?? null,
      until: byHand?.until ?? null,
    })),
  };
}

/** `kuafu resource reserve --json`; schemas/resource-reserve.schema.json. */
export function reservedDocument(rows: readonly TakenSpare[], dryRun: boolean): object {
  const reserved = rows.map(({ host, room, reason, since, byHand }) => ({
    host,
    room,
    operator: byHand?.operator,
    note: reason,
    since,
    until: byHand?.until,
  }));
  return { kind: 'kuafu.resource-reserve', version: 1, dryRun, reserved };
}

/** `kuafu resource release --json`; schemas/resource-release.schema.json. */
export function releasedDocument(
  rows: readonly {
    readonly host: string;
    readonly room: string;
    readonly state: string;
    readonly reason: string;
  }[],
  alreadyFree: readonly string[],
  dryRun: boolean,
): object {
  const released = rows.map(({ host, room, state, reason }) => ({ host, room, state, reason }));
  return { kind: 'kuafu.resource-release', version: 1, dryRun, released, alreadyFree };
}
