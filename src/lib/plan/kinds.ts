import type { AnyAction } from './plan.js';

/** What is known of a kind of action without doing it. The code that does it is in the handlers of its domain. */
export interface Kind<A extends AnyAction = AnyAction> {
  /**
   * In words, for whoever is about to say yes; without values that are one host's own, such as an address.
   * @param hosts on how many it is done
   */
  describe(action: A, hosts: number): string;
  /** A systemd unit whose status tells why it failed. */
  unit?(action: A): string;
  /** Before it goes on, so many of a node set must serve. */
  floor?(action: A): { readonly least: number; readonly members: string } | undefined;
  /** It looks or waits, and never changes anything: that it has not is no news. */
  readonly onlyLooks?: true;
  /** What it began does not last: a resume, which may come days later, goes back to it. */
  readonly resumesHere?: true;
  /** Its message tells what is left on the host once all is done. */
  readonly tellsWhatStays?: true;
}

/** Closed by the compiler: every kind of a domain, and no other. */
export type KindsOf<A extends AnyAction> = {
  readonly [K in A['kind']]: Kind<Extract<A, { readonly kind: K }>>;
};

/** By their names in plans, which may be those of another version. */
export type Kinds = Readonly<Record<string, Kind>>;

/** Undefined where this version has none of that name. */
export function kindOf(kinds: Kinds, { kind }: AnyAction): Kind | undefined {
  return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

/** One that is not known is told by its name. */
export function describeAction(kinds: Kinds, action: AnyAction, hosts: number): string {
  return kindOf(kinds, action)?.describe(action, hosts) ?? action.kind;
}

/** Tells the actions of one kind from others, in plans that were stored. */
export function isKind<A extends AnyAction>(kind: A['kind']): (action: AnyAction) => action is A {
  return (action): action is A => action.kind === kind;
}
