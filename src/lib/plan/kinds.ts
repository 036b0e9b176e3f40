import type { AnyAction, Step } from './plan.js';

/** What is known of a kind of action without doing it. The code that does it is in the handlers of its domain. */
export interface Kind<A extends AnyAction = AnyAction> {
  /**
   * In words, for the operator who must confirm; without values that belong to one host, such as an address.
   * @param hosts on how many hosts it is done
   */
  describe(action: A, hosts: number): string;
  /**
   * What it does where it takes a step back, such as `back in traffic` after a leave. Absent: `undo` and the title of that step.
   */
  takingBack?(action: A): string;
  /** The systemd unit whose status, or with `request` whose journal, shows why the action failed. */
  unit?(action: A): string;
  /** The words of a command for the host that makes the request on which the action waits. */
  request?(action: A): readonly string[];
  /** How many members of a node set must serve before the action goes on. */
  floor?(action: A): { readonly least: number; readonly members: string } | undefined;
  /** It looks or waits, and never changes anything: if it was not done, the operator need not know. */
  readonly onlyLooks?: true;
  /** Its effect does not last. A resume may come days later, so it goes back to this step. */
  readonly resumesHere?: true;
  /** Its message tells what is left on the host when everything is done. */
  readonly tellsWhatStays?: true;
}

/** The compiler checks that it has every kind of a domain, and no other. */
export type KindsOf<A extends AnyAction> = {
  readonly [K in A['kind']]: Kind<Extract<A, { readonly kind: K }>>;
};

/** Kinds by their names in plans; a plan may be of another version. */
export type Kinds = Readonly<Record<string, Kind>>;

/** Undefined when this version has no kind of that name. */
export function kindOf(kinds: Kinds, { kind }: AnyAction): Kind | undefined {
  return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

/** An unknown kind is described by its name. */
export function describeAction(kinds: Kinds, action: AnyAction, hosts: number): string {
  return kindOf(kinds, action)?.describe(action, hosts) ?? action.kind;
}

/** The title of a step where it is taken back, for screens and logs. */
export function takenBackTitle(kinds: Kinds, { title, undo }: Pick<Step, 'title' | 'undo'>): string {
  return (undo && kindOf(kinds, undo)?.takingBack?.(undo)) ?? `undo ${title}`;
}

/** A type guard for the actions of one kind, in stored plans. */
export function isKind<A extends AnyAction>(kind: A['kind']): (action: AnyAction) => action is A {
  return (action): action is A => action.kind === kind;
}
