import type { PoolHost } from '../../inventory/pool.js';
import { renderCsv } from '../frame/csv.js';

/** `kuafu resource list --csv`: a row for each host. */
export function resourceListCsv(pool: readonly PoolHost[]): string {
  const head = 'host,address,room,state,app,group,operation,since,reserved_by,until,reason';
  return renderCsv(
    head.split(','),
    pool.map(({ host, address, room, state, app, group, operation, since, byHand, reason }) => [
      ...[host, address, room, state, app, group, operation, since],
      ...[byHand?.operator ?? '', byHand?.until ?? '', reason],
    ]),
  );
}
