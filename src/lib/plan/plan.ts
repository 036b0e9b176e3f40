import type { Host } from '../names/host.js';
import type { Budgets } from './budget.js';

/** What a step does, as data. `kind` names the code that does it, so a plan can be stored and resumed; a domain adds the rest. */
export interface AnyAction {
  readonly kind: string;
}

/** Where a step is in its plan. */
export interface StepRef {
  readonly stage: string;
  readonly lane: string;
  readonly step: string;
}

/** One action of a lane. `undo` runs, as a step of its own, when the lane is given up after this step was begun. */
export interface Step<A extends AnyAction = AnyAction> {
  readonly id: string;
  readonly title: string;
  readonly action: A;
  readonly undo?: A;
  /** In a way back: the step runs only if that step was begun, whatever its result. */
  readonly ifBegun?: StepRef;
}

/**
 * Ordered steps. The steps of one host are a lane with the host's name. A lane without a host (an API, a question) has its own
 * name.
 */
export interface Lane<A extends AnyAction = AnyAction> {
  /** Unique within a stage. The same name in another stage is the same place, further on. */
  readonly name: string;
  readonly host: string | null;
  readonly steps: readonly Step<A>[];
}

/**
 * Lanes that run in parallel; the next stage starts when all have ended.
 *
 * `each`: a lane that fails is given up and takes no part in later stages. A standby lane replaces it, in order, so that
 * `lanes.length` places are filled if possible.
 * `all`: every lane must pass. If one does not, nothing of a later stage runs: the operation turns if it has a way back; if not,
 * it stops and undoes the steps that were begun.
 */
export interface Stage<A extends AnyAction = AnyAction> {
  readonly id: string;
  readonly title: string;
  readonly pass: 'each' | 'all';
  /** For an `all` stage: it has one lane for each batch, in order, and each batch passes only its own lane. */
  readonly perBatch?: true;
  /** A lane that was begun runs to its end, even when the operation is told to stop. */
  readonly mustFinish?: true;
  readonly lanes: readonly Lane<A>[];
  readonly standby: readonly Lane<A>[];
}

/**
 * The way back has its own order, which is not the reverse order. `always`: the operation ends with it, as a drill does.
 * `on-failure`: it runs only when the operation turns. Its steps are idempotent, have no undo, and decide by the state that they
 * find.
 */
export interface WayBack<A extends AnyAction = AnyAction> {
  readonly when: 'always' | 'on-failure';
  /** Once this step is done, or may be, the operation does not turn any more: it stops, and a resume goes forward. */
  readonly until?: StepRef;
  readonly stages: readonly Stage<A>[];
}

/** An idempotent action that is repeated between two stages of either way: the renewal of a lease, a probe that watches. */
export interface Keeper<A extends AnyAction = AnyAction> {
  readonly id: string;
  readonly title: string;
  readonly host: string | null;
  readonly action: A;
  readonly everyMs: number;
  /** Ids of stages: the keeper begins before the first and ends after the second. */
  readonly from: string;
  readonly until: string;
  /**
   * The keeper is lost when its action was not done for this time. The clock is monotonic; on a resume it is the ledger's clock.
   */
  readonly lostAfterMs: number;
  readonly onLoss: 'turn' | 'tell';
}

/** How the lanes of `each` stages follow one another. */
export interface Rollout {
  /**
   * How many lanes of every `each` stage, in their order, make a batch: all stages of a batch end before the next batch begins.
   * Standby lanes are shared by all batches. Absent: one batch.
   */
  readonly batches?: readonly number[];
  /** How many lanes of each batch run at once; the others wait in order. Absent: as many as forks allow. */
  readonly windows?: readonly number[];
  /** Absent: any number of hosts may fail. */
  readonly budgets?: Budgets;
}

/** What an operation is about, for lists, filters and texts. */
export interface Scope {
  readonly apps: readonly string[];
  readonly groups: readonly string[];
  readonly rooms: readonly string[];
}

/** A fact that the operator should know before confirming. A `refuse` risk stops the operation before it starts. */
export interface Risk {
  readonly level: 'note' | 'refuse';
  readonly message: string;
  /** Of a refusal: the value of `--keep` with which it would be none. */
  readonly keep?: string;
}

/** Hosts that go from one operation to another in their present state: members and reserved hosts, or else unfit hosts. */
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
  | 'clean'
  | 'dns-set'
  | 'dns-unset'
  | 'dns-switch'
  | 'dns-prepare'
  | 'dns-health'
  | 'dns-undo'
  | 'db-switch'
  | 'db-failover'
  | 'db-rejoin';

/** Everything that will happen: a process with the plan and the secrets of the configuration can run it, on any machine. */
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
  /** Hosts of earlier operations that this one takes when it opens. An earlier operation that could be resumed is closed then. */
  readonly takesOver?: Handover | readonly Handover[];
  /** The operation that it takes back, without taking hosts from it: that one counts as undone once this one is done. */
  readonly undoes?: string;
  /** Every host a step touches, with its SSH target as it was when the plan was made. */
  readonly hosts: readonly Host[];
  readonly stages: readonly Stage<A>[];
  readonly wayBack?: WayBack<A>;
  readonly keepers?: readonly Keeper<A>[];
  readonly rollout?: Rollout;
  readonly risks: readonly Risk[];
}
