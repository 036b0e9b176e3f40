import { isKind } from '../plan/kinds.js';
import type { NextCommand, OperationKinds } from '../plan/operation-kinds.js';
import type { Plan } from '../plan/plan.js';
import { quoteWord } from '../shell/quote.js';
import type { DatabasePromoteAction } from './forced-actions.js';

export const FORCED_OPERATIONS: Pick<OperationKinds, 'db-failover' | 'db-rejoin'> = {
  'db-failover': {
    outcome: () => 'in their new role',
    left: () => 'in doubt: kuafu db status tells who takes writes',
    resumes: true,
    next: (plan) => rejoinAfter(plan),
  },
  'db-rejoin': {
    outcome: () => 'in their role',
    left: () => 'read-only: kuafu db status tells who takes writes',
    resumes: true,
  },
};

const isPromote = isKind<DatabasePromoteAction>('database.promote');

function rejoinAfter({ stages }: Plan): NextCommand | undefined {
  const actions = stages.flatMap(({ lanes }) =>
    lanes.flatMap(({ steps }) => steps.map(({ action }) => action)),
  );
  const promoted = actions.find(isPromote);
  if (promoted === undefined) return undefined;
  const { database, from } = promoted;
  return {
    why: `once ${from} and its room are back, it becomes the replica`,
    command: `kuafu db rejoin ${quoteWord(database.name)}`,
  };
}
