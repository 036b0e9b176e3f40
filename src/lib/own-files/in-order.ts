/**
 * Work that is done one after the other, in the order in which it came. After the first failure nothing more is done, and each later
 * call throws that failure.
 */
export class InOrder {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** Nothing waits, and nothing has failed: what is done now is done in order. */
  get isFree(): boolean {
    return this.#waiting === 0;
  }

  run(work: () => void | Promise<void>): Promise<void> {
    this.#waiting += 1;
    const done = this.#last.then(work);
    this.#last = done;
    done.then(
      () => {
        this.#waiting -= 1;
      },
      () => undefined,
    );
    return done;
  }

  /** When all that has come is done, or has failed. */
  async settled(): Promise<void> {
    await this.#last.catch(() => undefined);
  }
}
