/** How often it is looked whether more came, in milliseconds. */
const LOOK_EVERY_MS = 100;
/** After so much silence nobody is taken to write any more: a lost packet has been sent again by then. */
const SILENCE_MS = 2000;
/** Some process that was left running may write for ever. */
const LONGEST_MS = 10_000;

/**
 * How long to listen to a command that has ended: sshd closes the channel only when the last process lets go of its output,
 * and `sleep 300 & echo started` leaves one that does not. What the command itself wrote comes right behind its status.
 * The time in which we ourselves hold the host back does not count.
 */
export class HeldOutput {
  readonly #timer: NodeJS.Timeout;
  #silentMs = 0;
  #listenedMs = 0;

  constructor(isPaused: () => boolean, giveUp: () => void) {
    this.#timer = setInterval(() => {
      if (isPaused()) return;
      this.#silentMs += LOOK_EVERY_MS;
      this.#listenedMs += LOOK_EVERY_MS;
      if (this.#silentMs >= SILENCE_MS || this.#listenedMs >= LONGEST_MS) giveUp();
    }, LOOK_EVERY_MS);
  }

  heard(): void {
    this.#silentMs = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
