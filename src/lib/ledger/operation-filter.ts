import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { OperationFilter } from './ledger.js';
import type { Tables } from './tables.js';

/** The conditions of a filter, but for what no table has: whether the owner of a running operation is gone. */
export function matching(
  eb: ExpressionBuilder<Tables, 'operations'>,
  filter: OperationFilter,
): Expression<SqlBool> {
  const { operator, launched, kind, state, app, room, hosts, since, until } = filter;
  const conditions: Expression<SqlBool>[] = [];
  if (operator !== undefined) conditions.push(eb('operator', '=', operator));
  if (launched === 'resumed') conditions.push(eb('resumed', '=', 1));
  else if (launched !== undefined) conditions.push(eb('launched', '=', launched));
  if (kind !== undefined) conditions.push(eb('kind', '=', kind));
  if (state === 'closed') conditions.push(eb('closed', '=', 1));
  else if (state !== undefined)
    conditions.push(eb('closed', '=', 0), eb('state', '=', state === 'abandoned' ? 'running' : state));
  // Some operations are of several applications, or in several rooms: `A,B`.
  for (const [column, wanted] of [
    ['app', app],
    ['room', room],
  ] as const) {
    if (wanted === undefined) continue;
    const parts = [`${wanted},%`, `%,${wanted},%`, `%,${wanted}`];
    conditions.push(eb.or([eb(column, '=', wanted), ...parts.map((part) => eb(column, 'like', part))]));
  }
  if (since !== undefined) conditions.push(eb('started_at', '>=', since));
  if (until !== undefined) conditions.push(eb('started_at', '<', until));
  if (hosts !== undefined)
    conditions.push(
      eb(
        'id',
        'in',
        eb.selectFrom('operation_hosts').select('operation_hosts.operation').where('host', 'in', hosts),
      ),
    );
  return eb.and(conditions);
}
