import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { OperationFilter, ShownState } from './ledger.js';
import type { Tables } from './tables.js';

/** The conditions of a filter, except the one that no table has: whether the owner of a running operation is gone. */
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
  if (state !== undefined) conditions.push(isShownAs(eb, state));
  // Some operations have several applications or rooms: `A,B`.
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

/** Gives a row the same state as summaries.ts. */
function isShownAs(eb: ExpressionBuilder<Tables, 'operations'>, state: ShownState): Expression<SqlBool> {
  const isTakenBack = eb('undone_by', '!=', '');
  const isOpen = eb.and([eb('undone_by', '=', ''), eb('closed', '=', 0)]);
  if (state === 'undone') return eb.or([isTakenBack, eb.and([isOpen, eb('state', '=', state)])]);
  if (state === 'closed') return eb.and([eb('undone_by', '=', ''), eb('closed', '=', 1)]);
  return eb.and([isOpen, eb('state', '=', state === 'crashed' ? 'running' : state)]);
}
