import { RefusedError } from '../errors.js';
import type { AnyAction, OperationKind, Plan } from './plan.js';

/** What is known of a kind of operation beside its plan. */
export interface OperationTraits {
  /** The state of a host that passed all stages: `19 of 20 hosts in traffic`. */
  outcome(plan: Plan): string;
  /** Where the other hosts are when the operation has stopped; empty when that is told host by host. */
  left(plan: Plan): string;
  /** Whether the operation can be resumed. */
  readonly resumes: boolean;
  /** The command that undoes the operation; undefined: there is none. */
  undoneBy?(id: string, plan: Plan): string;
  /** A way back for hosts on which an operation that has stopped did the step that `of` accepts; undefined: only that of undoneBy. */
  readonly back?: WayBack;
  /** The command that plans the same anew for these hosts, a quoted word; undefined: it takes more than the plan tells. */
  anew?(plan: Plan, hosts: string): string;
  /** What to type after it, and why. `hosts`: those that passed all stages, a quoted word. */
  next?(plan: Plan, done: { readonly id: string; readonly hosts: string }): NextCommand | undefined;
}

/** A command to type next, and its purpose. */
export interface NextCommand {
  readonly why: string;
  readonly command: string;
}

export interface WayBack {
  /** What hosts get back, such as `the old file`. */
  readonly what: string;
  of(action: AnyAction): boolean;
  /** @param hosts a quoted word */
  command(plan: Plan, hosts: string): string;
}

/** One row for each kind; a domain has the rows of its own plans. The compiler checks that none is missing. */
export type OperationKinds = { readonly [K in OperationKind]: OperationTraits };

/** For an operation that a newer kuafu began, though this version knows its steps. */
const UNKNOWN: OperationTraits = {
  outcome: () => 'done',
  left: () => 'as their last step left them; this version of kuafu does not know this kind of operation',
  resumes: false,
};

export function traitsOf(kinds: OperationKinds, { kind }: Pick<Plan, 'kind'>): OperationTraits {
  return Object.hasOwn(kinds, kind) ? kinds[kind] : UNKNOWN;
}

/** @throws RefusedError when this kuafu does not know what a resume of it means */
export function requireResumes(
  { id, plan }: { readonly id: string; readonly plan: Pick<Plan, 'kind'> },
  kinds: OperationKinds,
): void {
  if (traitsOf(kinds, plan).resumes) return;
  throw new RefusedError(
    `operation ${id} is of a kind that this version of kuafu does not know (${plan.kind}); nothing is done by it`,
    `use the version that made it; or give the operation up: kuafu ops close ${id}`,
  );
}
