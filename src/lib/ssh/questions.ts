/** Questions to a person while connections are made: one at a time, because there is one terminal. */
export class Questions {
  #last: Promise<unknown> = Promise.resolve();

  /** Asks after all earlier questions were answered. */
  inTurn<T>(question: () => Promise<T>): Promise<T> {
    const answer = this.#last.then(question);
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}
