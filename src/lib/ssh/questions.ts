/** What a person is asked while connections are made: one question at a time, as there is one terminal. */
export class Questions {
  #last: Promise<unknown> = Promise.resolve();

  /** Asks when all questions before it were answered. */
  inTurn<T>(question: () => Promise<T>): Promise<T> {
    const answer = this.#last.then(question);
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}
