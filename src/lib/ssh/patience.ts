/**
 * How long a command that is over for us may hold its channel on the host: a stopped command until timeout(1) has ended it there,
 * any other command until a busy host has cleared it away.
 */
const HELD_MS = 10_000;

/** How often and for how long sshd refused a channel for one command. Times are those of performance.now(). */
export class Patience {
  refusals = 0;
  /** The first refusal since when no other command of ours was on the connection. */
  #aloneSinceMs = Number.POSITIVE_INFINITY;

  /** @param others commands of ours that are on the connection */
  refused(others: number, nowMs = performance.now()): void {
    this.refusals++;
    if (others > 0) this.#aloneSinceMs = Number.POSITIVE_INFINITY;
    else this.#aloneSinceMs = Math.min(this.#aloneSinceMs, nowMs);
  }

  /** How long to wait before the command is tried again. */
  get waitMs(): number {
    return Math.min(20 * 2 ** this.refusals, 500);
  }

  /**
   * Whether no command of ours can be the reason any more.
   * @param stoppedAtMs when a command on this connection was stopped last
   */
  isOver(stoppedAtMs: number, nowMs = performance.now()): boolean {
    return nowMs - Math.max(this.#aloneSinceMs, stoppedAtMs) >= HELD_MS;
  }
}
