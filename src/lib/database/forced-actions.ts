import type { KindsOf } from '../plan/kinds.js';
import type { DatabasePlace } from './place.js';
import type { RoleChange, RoleMove } from './role-move.js';

/** What a forced switch does, and the return of a server after it. */
export type ForcedActions =
  | DatabaseFenceAction
  | DatabaseDrainAction
  | DatabasePromoteAction
  | DatabaseOwnProxiesAction
  | DatabaseAloneAction
  | DatabaseArchiveAction
  | DatabaseMayFollowAction
  | DatabaseCaughtUpAction
  | DatabaseUnfenceAction;

/** The server is ended at once, and starts read-only. */
export interface DatabaseFenceAction {
  readonly kind: 'database.fence';
  readonly database: DatabasePlace;
  readonly host: string;
  readonly number: number;
  readonly withinMs: number;
  /** Only where it takes writes. */
  readonly ifWritable: boolean;
}

/** Whether the old primary was fenced by this operation; if not, nothing proves that it takes no writes. */
interface Fenced {
  readonly fenced: boolean;
}

/** The new primary applies all that it has received, and forgets its source. */
export interface DatabaseDrainAction extends RoleChange, Fenced {
  readonly kind: 'database.drain';
  readonly withinMs: number;
}

export interface DatabasePromoteAction extends RoleChange, Fenced {
  readonly kind: 'database.promote';
}

/** The proxies of the room of the new primary send clients there; the others are told of. */
export interface DatabaseOwnProxiesAction extends RoleMove {
  readonly kind: 'database.own-proxies';
  readonly withinMs: number;
}

/** Only the new primary takes writes, as far as servers answer. */
export interface DatabaseAloneAction extends RoleMove {
  readonly kind: 'database.alone';
}

interface Follower {
  readonly database: DatabasePlace;
  /** The server that returns. */
  readonly replica: string;
  readonly source: string;
}

/** What only the replica has is kept in a file on its host. */
export interface DatabaseArchiveAction extends Follower {
  readonly kind: 'database.archive';
  readonly number: number;
}

export interface DatabaseMayFollowAction extends Follower {
  readonly kind: 'database.may-follow';
}

export interface DatabaseCaughtUpAction extends Follower {
  readonly kind: 'database.caught-up';
  readonly withinMs: number;
}

export interface DatabaseUnfenceAction {
  readonly kind: 'database.unfence';
  readonly database: DatabasePlace;
  readonly host: string;
  readonly number: number;
}

const seconds = (ms: number) => `${ms / 1000}s`;

export const FORCED_KINDS: KindsOf<ForcedActions> = {
  'database.fence': {
    describe: ({ host, withinMs, ifWritable }) =>
      `${host} is killed${ifWritable ? ', if it takes writes,' : ''} and starts read-only, within ${seconds(withinMs)}`,
  },
  'database.drain': {
    describe: ({ to, withinMs }) =>
      `${to} applies all that it has received, within ${seconds(withinMs)}, and replicates from nobody any more`,
  },
  'database.promote': {
    describe: ({ to, from, fenced }) =>
      fenced
        ? `${to} takes writes (read_only=0), as ${from} was read and takes none`
        : `${to} takes writes (read_only=0), though nothing proves that ${from} takes none`,
    tellsWhatStays: true,
  },
  'database.own-proxies': {
    describe: ({ to, withinMs }) =>
      `each proxy in the room of ${to} sends clients there, within ${seconds(withinMs)}`,
    onlyLooks: true,
    tellsWhatStays: true,
  },
  'database.alone': {
    describe: ({ to }) => `no server but ${to} takes writes, of those that answer`,
    onlyLooks: true,
    tellsWhatStays: true,
  },
  'database.archive': {
    describe: ({ replica, source }) =>
      `what ${replica} has and ${source} lacks is named, and kept in a file on ${replica}`,
    tellsWhatStays: true,
  },
  'database.may-follow': {
    describe: ({ replica, source }) => `${replica} has nothing that ${source} lacks`,
    onlyLooks: true,
  },
  'database.caught-up': {
    describe: ({ replica, source, withinMs }) =>
      `${replica} has applied what ${source} has by then, within ${seconds(withinMs)}`,
    onlyLooks: true,
  },
  'database.unfence': { describe: ({ host }) => `${host} has no file of a fence any more` },
};
