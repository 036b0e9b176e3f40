import type { HttpCheck } from '../config/config-types.js';
import type { Generation } from '../guard/generation.js';
import type { ZoneAccess } from '../layers/dns/adapters.js';
import type { SetChange } from '../layers/dns/records.js';
import { isKind, type KindsOf } from '../plan/kinds.js';
import type { OperationKinds, OperationTraits } from '../plan/operation-kinds.js';
import { wholeNamesOf } from './changes.js';

export type DnsActions =
  | DnsClaimAction
  | DnsCheckAction
  | DnsSetAction
  | DnsAnswerAction
  | DnsHoldAction
  | DnsRestoreAction
  | DnsCloseAction
  | DnsForgetAction;

/** A zone at one of its authorities. */
export interface AtAuthority {
  readonly zone: ZoneAccess;
  /** The host of the authority, or the program that speaks for it. */
  readonly authority: string;
  /** The configuration: a program's path may be relative to it. */
  readonly file: string;
}

/** The authority refuses changes of all operations that claimed it before. The operation gives the generation its id. */
export interface DnsClaimAction extends AtAuthority {
  readonly kind: 'dns.claim';
  /** The generation that the plan saw; `any`: any older one, for a way back. */
  readonly from: Generation | 'any';
  readonly number: number;
}

/** Looks whether somebody else has changed the sets since the plan was made. */
export interface DnsCheckAction extends AtAuthority {
  readonly kind: 'dns.check';
  readonly changes: readonly SetChange[];
}

/** Makes exactly these changes, and reads them back. `number`: that of the claim. */
export interface DnsSetAction extends AtAuthority {
  readonly kind: 'dns.set';
  readonly changes: readonly SetChange[];
  readonly number: number;
}

/** Waits until users are told what these changes say. */
export interface DnsAnswerAction extends AtAuthority {
  readonly kind: 'dns.answer';
  readonly changes: readonly SetChange[];
  readonly withinMs: number;
}

/**
 * Between two steps of a switch: waits until whoever has asked before the first asks again, and looks meanwhile whether the
 * entries of the room that receives them are healthy. One that could not be asked is said, and is no fault.
 */
export interface DnsHoldAction {
  readonly kind: 'dns.hold';
  /** The room that receives. */
  readonly room: string;
  readonly entries: readonly {
    /** The whole name. */
    readonly name: string;
    readonly address: string;
    readonly check: HttpCheck;
  }[];
  readonly seconds: number;
}

/**
 * Waits until no resolver tells an old address any more, for the TTL at most. One that does so longer, or gives no answer, is
 * said: it is no fault of the authorities, and nothing would become better by a way back.
 */
export interface DnsForgetAction {
  readonly kind: 'dns.forget';
  readonly zone: string;
  readonly resolvers: readonly string[];
  /** Whole names, each with the addresses that it led to. */
  readonly old: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  readonly ttlSeconds: number;
}

/** Puts back what these changes have replaced; a set that somebody else has changed since stays. */
export interface DnsRestoreAction extends AtAuthority {
  readonly kind: 'dns.restore';
  readonly changes: readonly SetChange[];
  /** What the steps before the last have made of the same sets; absent: there was one step. */
  readonly meanwhile?: readonly SetChange[];
  readonly number: number;
}

/** Lets other operations claim the authority. */
export interface DnsCloseAction extends AtAuthority {
  readonly kind: 'dns.close';
}

export const isDnsSet = isKind<DnsSetAction>('dns.set');

export const DNS_KINDS: KindsOf<DnsActions> = {
  'dns.claim': {
    describe: ({ zone, number }) =>
      `no other operation changes ${zone.name} from here on (generation ${number})`,
  },
  'dns.check': {
    describe: ({ zone }) => `nobody has changed these records of ${zone.name} since`,
    onlyLooks: true,
  },
  'dns.set': { describe: namesOf, tellsWhatStays: true },
  'dns.answer': {
    describe: ({ zone, changes, withinMs }) =>
      `users are told so: ${wholeNamesOf(changes, zone.name).join(', ')}, within ${withinMs / 1000}s`,
    onlyLooks: true,
    tellsWhatStays: true,
  },
  'dns.hold': {
    describe: ({ room, entries, seconds }) =>
      `users of before ask again: ${seconds}s${entries.length === 0 ? '' : `; the entry of room ${room} stays healthy`}`,
    onlyLooks: true,
    tellsWhatStays: true,
  },
  'dns.forget': {
    describe: ({ resolvers, ttlSeconds }) =>
      `nor do resolvers tell the old address: ${resolvers.join(', ')}, within ${ttlSeconds}s`,
    onlyLooks: true,
    tellsWhatStays: true,
  },
  'dns.restore': { describe: (action) => `${namesOf(action)} as before` },
  'dns.close': { describe: ({ zone }) => `other operations may change ${zone.name} again` },
};

function namesOf({ zone, changes }: DnsSetAction | DnsRestoreAction): string {
  return wholeNamesOf(changes, zone.name).join(', ');
}

const CHANGE = {
  outcome: () => 'as asked for',
  left: () => 'in doubt: kuafu dns status tells where each name leads',
  resumes: true,
  undoneBy: (id: string) => `kuafu dns undo ${id}`,
} as const;

const MOVE: OperationTraits = {
  ...CHANGE,
  next: (_plan, { id }) => ({ why: 'take it back', command: `kuafu dns undo ${id}` }),
};

export const DNS_OPERATIONS: Pick<
  OperationKinds,
  'dns-set' | 'dns-unset' | 'dns-switch' | 'dns-prepare' | 'dns-health' | 'dns-undo'
> = {
  'dns-set': MOVE,
  'dns-unset': MOVE,
  'dns-switch': MOVE,
  'dns-prepare': MOVE,
  'dns-health': MOVE,
  'dns-undo': CHANGE,
};
