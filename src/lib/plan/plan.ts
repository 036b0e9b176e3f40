import type { Host } from '../names/host.js';
import type { Action } from './action.js';
import type { Budgets } from './budget.js';

/** One action on one host. `undo` runs, as a step of its own, when its lane is given up after it began. */
export interface Step {
  readonly id: string;
  readonly title: string;
  readonly action: Action;
  readonly undo?: Action;
}

/** The ordered steps of one host. */
export interface Lane {
  readonly host: string;
  readonly steps: readonly Step[];
}

/**
 * Lanes that run side by side; the next stage starts when all have ended. A host whose lane failed takes no part in
 * later stages; the host that took its place does. `standby` lanes wait, in order: each failed lane starts one, so that
 * `lanes.length` are met if they can be.
 * `whole` lanes are run to their end once begun, also when the operation is told to stop.
 * A `gate` stage that fails ends the operation: nothing of a later stage runs and what was begun is undone. Where the
 * plan has batches, a gate has a lane for each of them, in order.
 */
export interface Stage {
  readonly id: string;
  readonly title: string;
  readonly lanes: readonly Lane[];
  readonly standby: readonly Lane[];
  readonly gate: boolean;
  readonly whole?: boolean;
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
export interface Plan {
  readonly version: 1;
  readonly operation: OperationKind;
  /** One line for people, such as `scale shop/web in room B by 20 hosts`. */
  readonly title: string;
  readonly app: string;
  /** Several groups, and several rooms, are separated by commas. */
  readonly group: string;
  readonly room: string;
  /** Names of the locks it takes, such as `app/shop/web/B`. */
  readonly locks: readonly string[];
  /** Spare hosts that are reserved when the operation opens. */
  readonly claims: readonly string[];
  /** Hosts of earlier operations that become this one's when it opens; what could be resumed of those is closed then. */
  readonly takesOver?: Handover | readonly Handover[];
  /** Every host a step touches, with its SSH target as it was when the plan was made. */
  readonly hosts: readonly Host[];
  readonly stages: readonly Stage[];
  /**
   * How many lanes of every stage, in their order, make a batch: all stages of one end before the next begins. Standby
   * lanes are there for all batches. Absent: one batch.
   */
  readonly batches?: readonly number[];
  /** How many lanes of each batch run at once, the others waiting in order. Absent: all that forks allow. */
  readonly windows?: readonly number[];
  /** Absent: nothing bounds how many hosts may fail. */
  readonly budgets?: Budgets;
  readonly risks: readonly Risk[];
}
