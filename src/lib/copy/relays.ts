/** So many hosts at once get the archive from this machine: it may be far from them. */
const MOST_RELAYS = 4;

/** Hosts that get the archive from this machine, each once. */
export class Relays {
  readonly #tried = new Set<object>();
  #running = 0;

  /** Whether this machine is to do that for a member now: it did not try that before, and has not enough of that to do. */
  mayRelay(member: object): boolean {
    return !this.#tried.has(member) && this.#running < MOST_RELAYS;
  }

  /** Fails as the work does. */
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
