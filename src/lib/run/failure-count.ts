import { fold } from '../names/nodeset.js';
import { type Budgets, FAILURE_KINDS, type FailureKind } from '../plan/budget.js';
import type { RunEvent } from '../record/events.js';

/**
 * The hosts that failed, counted by kind and compared with the budgets. The count goes on across an interruption or a crash. The
 * operator who resumes an operation that ended as failed has seen its failures. So the count then begins anew. A spare that failed
 * before and fails again is not counted: the next one takes its place. A host in use that fails again is: what is wrong was not
 * mended, and the next host would be lost to it, too.
 */
export class FailureCount {
  readonly #budgets: Budgets | undefined;
  readonly #hosts: Readonly<Record<FailureKind, Set<string>>> = {
    failed: new Set(),
    unreachable: new Set(),
    unhealthy: new Set(),
  };

  /** Hosts that had failed when an operation that ended as failed was resumed. */
  readonly #known: ReadonlySet<string>;
  readonly #areSpares: boolean;

  /** @param hosts whether the operation fills places with spares, or works on hosts in use */
  constructor(budgets: Budgets | undefined, past: readonly RunEvent[], hosts: 'spares' | 'in use') {
    this.#budgets = budgets;
    this.#areSpares = hosts === 'spares';
    const end = past.findLastIndex(
      (event) => event.type === 'operation-finished' && event.state === 'failed',
    );
    this.#known = new Set(
      past.slice(0, end + 1).flatMap((event) => (event.type === 'host-set-aside' ? [event.host] : [])),
    );
    for (const event of past.slice(end + 1))
      if (event.type === 'host-set-aside') this.add(event.host, event.failure);
  }

  add(host: string, failure: FailureKind | null): void {
    const isNoNews = this.#areSpares && this.#known.has(host);
    if (failure !== null && !isNoNews) this.#hosts[failure].add(host);
  }

  /** Whether all of these hosts failed before, so that the operator who resumed knew about them. */
  allKnown(hosts: readonly string[]): boolean {
    return hosts.every((host) => this.#known.has(host));
  }

  /** Which budgets are exhausted, and by which hosts; empty when no budget is exhausted. */
  exhausted(): string {
    const budgets = this.#budgets;
    if (budgets === undefined) return '';
    return FAILURE_KINDS.filter((kind) => this.#hosts[kind].size > budgets[kind])
      .map((kind) => {
        const hosts = [...this.#hosts[kind]];
        const count = `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`;
        return `${count} ${kind} (${fold(hosts)}), and --max-${kind} is ${budgets[kind]}`;
      })
      .join('; ');
  }
}
