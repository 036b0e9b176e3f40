/** How many hosts get the archive from this machine at the same time: the link to them may be long. */
const MOST_RELAYS = 4;

/** Hosts that get the archive from this machine, each of them once. */
export class Relays {
  readonly #tried = new Set<object>();
  #running = 0;

  /** Whether this machine may feed a member now: it has not tried that before, and has a free place. */
  mayRelay(member: object): boolean {
    return !this.#tried.has(member) && this.#running < MOST_RELAYS;
  }

  /** Rejects if the work does. */
  async relay(member: object, work: () => Promise<void>): Promise<void> {
    this.#tried.add(member);
    this.#running++;
    try {
      await work();
    } finally {
      this.#running--;
    }
  }

  wasRelayed(member: object): boolean {
    return this.#tried.has(member);
  }
}
