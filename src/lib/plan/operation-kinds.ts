import { RefusedError } from '../errors.js';
import type { OperationKind, Plan } from './plan.js';

/** What is known of a kind of operation beside its plan. */
export interface OperationTraits {
  /** What a host is that came through: `19 of 20 hosts in traffic`. */
  outcome(plan: Plan): string;
  /** Where those are that did not, once it has stopped; empty where that is told host by host. */
  left(plan: Plan): string;
  /** Whether somebody may go on with it. */
  readonly resumes: boolean;
  /** The command that takes back what it did; undefined: none does. */
  undoneBy?(id: string, plan: Plan): string;
  /** What it leaves to do on hosts that came through: the words of a command, and what for. */
  next?(plan: Plan): NextWords | undefined;
}

export interface NextWords {
  readonly why: string;
  readonly verb: string;
}

/** A row for each kind; a domain has those of the plans that it makes. Closed by the compiler. */
export type OperationKinds = { readonly [K in OperationKind]: OperationTraits };

/** Of one that a newer kuafu has begun, with steps that this one knows all the same. */
const UNKNOWN: OperationTraits = {
  outcome: () => 'done',
  left: () => 'as their last step left them; this version of kuafu does not know this kind of operation',
  resumes: false,
};

export function traitsOf(kinds: OperationKinds, { kind }: Pick<Plan, 'kind'>): OperationTraits {
  return Object.hasOwn(kinds, kind) ? kinds[kind] : UNKNOWN;
}

/** @throws RefusedError where this kuafu does not know what to go on with would mean */
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
