import type { Host } from '../names/host.js';
import type { Budgets } from './budget.js';

/** What a step does, as data. `kind` names the code that does it, so a plan can be stored and resumed; a domain says the rest. */
export interface AnyAction {
  readonly kind: string;
}

/** Where a step is in its plan. */
export interface StepRef {
  readonly stage: string;
  readonly lane: string;
  readonly step: string;
}

/** One action of a lane. `undo` runs, as a step of its own, when its lane is given up after it began. */
export interface Step<A extends AnyAction = AnyAction> {
  readonly id: string;
  readonly title: string;
  readonly action: A;
  readonly undo?: A;
  /** Of the way back: it runs only where that step was begun, whatever came of it. */
  readonly ifBegun?: StepRef;
}

/** Ordered steps. Those of one host are a lane with its name; a lane on no host (an API, a question) has a name of its own. */
export interface Lane<A extends AnyAction = AnyAction> {
  /** One of a kind in its stage; the same name in another stage is the same place, further on its way. */
  readonly name: string;
  readonly host: string | null;
  readonly steps: readonly Step<A>[];
}

/**
 * Lanes that run side by side; the next stage starts when all have ended.
 *
 * `each`: a lane that fails is given up, and takes no part in later stages; a standby lane takes its place, in order, so that
 * `lanes.length` are met if they can be.
 * `all`: every lane must pass. Else nothing of a later stage runs: the operation turns, where it has a way back, or stops and
 * takes back what was begun.
 */
export interface Stage<A extends AnyAction = AnyAction> {
  readonly id: string;
  readonly title: string;
  readonly pass: 'each' | 'all';
  /** Of an `all` stage: it has a lane for each batch, in order, which passes that one alone. */
  readonly perBatch?: true;
  /** Lanes are run to their end once begun, also when the operation is told to stop. */
  readonly mustFinish?: true;
  readonly lanes: readonly Lane<A>[];
  readonly standby: readonly Lane<A>[];
}

/**
 * The way back, in an order of its own, which is no reversal. `always`: the operation ends with it, as a drill does.
 * `on-failure`: it is taken only when the operation turns. Its steps are idempotent, have no undo, and judge by what they find.
 */
export interface WayBack<A extends AnyAction = AnyAction> {
  readonly when: 'always' | 'on-failure';
  readonly stages: readonly Stage<A>[];
}

/** An idempotent action done anew between two stages of either way: a lease that is renewed, a probe that watches. */
export interface Keeper<A extends AnyAction = AnyAction> {
  readonly id: string;
  readonly title: string;
  readonly host: string | null;
  readonly action: A;
  readonly everyMs: number;
  /** Ids of stages: it begins before the first and ends behind the second. */
  readonly from: string;
  readonly until: string;
  /** It is lost when it was not done for so long, by a clock that nobody sets back, or by the ledger's on a resume. */
  readonly lostAfterMs: number;
  readonly onLoss: 'turn' | 'tell';
}

/** How the lanes of `each` stages follow one another. */
export interface Rollout {
  /**
   * How many lanes of every such stage, in their order, make a batch: all stages of one end before the next begins. Standby
   * lanes are there for all batches. Absent: one batch.
   */
  readonly batches?: readonly number[];
  /** How many lanes of each batch run at once, the others waiting in order. Absent: all that forks allow. */
  readonly windows?: readonly number[];
  /** Absent: nothing bounds how many hosts may fail. */
  readonly budgets?: Budgets;
}

/** What an operation is about: for lists, filters and words. */
export interface Scope {
  readonly apps: readonly string[];
  readonly groups: readonly string[];
  readonly rooms: readonly string[];
}

/** Something a person should know before confirming. A `refuse` risk stops the operation before it starts. */
export interface Risk {
  readonly level: 'note' | 'refuse';
  readonly message: string;
}

/** Hosts that go from one operation to another, in the state they are in: members and reserved ones, or else unfit ones. */
export interface Handover {
  readonly operation: string;
  readonly hosts: readonly string[];
  readonly unfit?: true;
}

export type OperationKind =
  | 'scale'
  | 'undo'
  | 'restart'
  | 'env-push'
  | 'env-rollback'
  | 'traffic-repair'
  | 'traffic-drain'
  | 'traffic-ready'
  | 'start'
  | 'shrink'
  | 'clean';

/** What will happen, complete: whoever holds it and the configuration's secrets can run it, from any machine. */
export interface Plan<A extends AnyAction = AnyAction> {
  readonly version: 2;
  readonly kind: OperationKind;
  /** One line for people, such as `scale shop/web in room B by 20 hosts`. */
  readonly title: string;
  readonly scope: Scope;
  /** Names of the locks it takes, such as `app/shop/web/B`. */
  readonly locks: readonly string[];
  /** Spare hosts that are reserved when the operation opens. */
  readonly claims: readonly string[];
  /** Hosts of earlier operations that become this one's when it opens; what could be resumed of those is closed then. */
  readonly takesOver?: Handover | readonly Handover[];
  /** Every host a step touches, with its SSH target as it was when the plan was made. */
  readonly hosts: readonly Host[];
  readonly stages: readonly Stage<A>[];
  readonly wayBack?: WayBack<A>;
  readonly keepers?: readonly Keeper<A>[];
  readonly rollout?: Rollout;
  readonly risks: readonly Risk[];
}
