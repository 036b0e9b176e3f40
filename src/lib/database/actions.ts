import type { Generation } from '../guard/generation.js';
import type { ReplicationOptions } from '../layers/database/member-details.js';
import type { SecretRef } from '../masking/secret.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
import type { OperationKinds } from '../plan/operation-kinds.js';
import type { Plan } from '../plan/plan.js';
import { quoteWord } from '../shell/quote.js';
import { FORCED_KINDS, type ForcedActions } from './forced-actions.js';
import { FORCED_OPERATIONS } from './forced-operations.js';
import type { DatabasePlace } from './place.js';
import type { RoleChange, RoleMove } from './role-move.js';

export type DatabaseActions =
  | DatabaseClaimAction
  | DatabaseGatesAction
  | DatabaseStopWritesAction
  | DatabaseAppliedAction
  | DatabaseDetachAction
  | DatabaseAttachAction
  | DatabaseSemiSyncAction
  | DatabaseOpenAction
  | DatabaseReopenAction
  | DatabaseProxiesAction
  | DatabaseJudgeAction
  | DatabaseCloseAction
  | ForcedActions;

/** The server of this host refuses changes of all operations that claimed it before. */
export interface DatabaseClaimAction {
  readonly kind: 'database.claim';
  readonly database: string;
  readonly host: string;
  /** The generation that the plan saw; `any`: any older one, for a way back. */
  readonly from: Generation | 'any';
  readonly number: number;
}

/** Looks once more whether nothing stands in the way, right before the first change. */
export interface DatabaseGatesAction extends RoleMove {
  readonly kind: 'database.gates';
}

export interface DatabaseStopWritesAction extends RoleChange {
  readonly kind: 'database.stop-writes';
  /** While it waits for a lock nobody can write. */
  readonly withinMs: number;
}

export interface DatabaseAppliedAction extends RoleMove {
  readonly kind: 'database.applied';
  readonly withinMs: number;
}

export interface DatabaseDetachAction extends RoleChange {
  readonly kind: 'database.detach';
}

/** `replica` replicates from `source`, which has everything that it has. */
export interface DatabaseAttachAction {
  readonly kind: 'database.attach';
  readonly database: DatabasePlace;
  readonly replica: string;
  readonly source: string;
  readonly number: number;
  /** Where the replica reaches it, and as whom. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: SecretRef;
  readonly options: ReplicationOptions;
  readonly withinMs: number;
}

export interface DatabaseSemiSyncAction extends RoleChange {
  readonly kind: 'database.semi-sync';
  readonly withinMs: number;
}

/** The new primary takes writes; the old one was read, and takes none. */
export interface DatabaseOpenAction extends RoleChange {
  readonly kind: 'database.open';
}

/** On the way back: the old primary takes writes again; the other one was read, and takes none. */
export interface DatabaseReopenAction extends RoleChange {
  readonly kind: 'database.reopen';
  /** Its commits waited for a replica before. */
  readonly semiSync: boolean;
}

export interface DatabaseProxiesAction extends RoleMove {
  readonly kind: 'database.proxies';
  readonly withinMs: number;
}

/** Nothing is left that `kuafu db status` would find. */
export interface DatabaseJudgeAction extends RoleMove {
  readonly kind: 'database.judge';
  readonly withinMs: number;
}

export interface DatabaseCloseAction {
  readonly kind: 'database.close';
  readonly database: string;
  readonly host: string;
}

const isStopWrites = isKind<DatabaseStopWritesAction>('database.stop-writes');

const seconds = (ms: number) => `${ms / 1000}s`;

export const DATABASE_KINDS: KindsOf<DatabaseActions> = {
  'database.claim': {
    describe: ({ database, number }) =>
      `no other operation changes ${database} from here on (generation ${number})`,
  },
  'database.gates': {
    describe: ({ database }) => `nothing stands in the way at ${database.name}`,
    onlyLooks: true,
    // What it saw may be days old.
    resumesHere: true,
  },
  'database.stop-writes': {
    describe: ({ from, withinMs }) =>
      `${from} takes no writes any more, within ${seconds(withinMs)} (read_only=1)`,
  },
  'database.applied': {
    describe: ({ to, from, withinMs }) =>
      `${to} has applied everything that ${from} has, within ${seconds(withinMs)}`,
    onlyLooks: true,
  },
  'database.detach': { describe: ({ to }) => `${to} replicates from nobody any more` },
  'database.attach': {
    describe: ({ replica, source, user, withinMs }) =>
      `${replica} replicates from ${source} as ${user}, within ${seconds(withinMs)}`,
  },
  'database.semi-sync': {
    describe: ({ to, withinMs }) => `commits on ${to} wait for its replica, within ${seconds(withinMs)}`,
  },
  'database.open': { describe: ({ to }) => `${to} takes writes (read_only=0)`, tellsWhatStays: true },
  'database.reopen': { describe: ({ from, to }) => `${from} takes writes again, if ${to} takes none` },
  'database.proxies': {
    describe: ({ to, withinMs }) => `each proxy sends clients to ${to}, within ${seconds(withinMs)}`,
    onlyLooks: true,
    tellsWhatStays: true,
  },
  'database.judge': {
    describe: ({ database, withinMs }) =>
      `nothing is wrong with ${database.name} any more, within ${seconds(withinMs)}`,
    onlyLooks: true,
  },
  'database.close': { describe: ({ database }) => `other operations may change ${database} again` },
  ...FORCED_KINDS,
};

export const DATABASE_OPERATIONS: Pick<OperationKinds, 'db-switch' | 'db-failover' | 'db-rejoin'> = {
  ...FORCED_OPERATIONS,
  'db-switch': {
    outcome: () => 'in their new role',
    left: () => 'in doubt: kuafu db status tells who takes writes',
    resumes: true,
    undoneBy: (_id, plan) => switchBack(plan),
    next: (plan) => ({ why: 'back again', command: switchBack(plan) }),
  },
};

/** The room of the server that was the primary gets the role again. */
function switchBack({ stages }: Plan): string {
  const actions = stages.flatMap(({ lanes }) =>
    lanes.flatMap(({ steps }) => steps.map(({ action }) => action)),
  );
  const stopped = actions.find(isStopWrites);
  const room = stopped?.database.members.find(([, host]) => host === stopped.from)?.[0] ?? '';
  return `kuafu db switch ${quoteWord(stopped?.database.name ?? '')} --to ${quoteWord(room)}`;
}
