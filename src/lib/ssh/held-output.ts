/** How often it is looked whether more came, in milliseconds. */
const LOOK_EVERY_MS = 100;
/** After so much silence nobody is taken to write any more: a lost packet has been sent again by then. */
const SILENCE_MS = 2000;
/** Some process that was left running may write for ever. */
const LONGEST_MS = 10_000;
/**
 * And as fast as we take it, so that we hold it back all the time. What a command wrote before it ended is less than this: a
 * window of the channel on its way, another one in sshd (channels.c), and what pipes hold.
 */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * How long to listen to a command that has ended: sshd closes the channel only when the last process lets go of its output,
 * and `sleep 300 & echo started` leaves one that does not. What the command itself wrote comes right behind its status.
 * The time in which we ourselves hold the host back does not count.
 */
export class HeldOutput {
  readonly #timer: NodeJS.Timeout;
  #silentMs = 0;
  #listenedMs = 0;
  #bytes = 0;
  readonly #giveUp: () => void;

  constructor(isPaused: () => boolean, giveUp: () => void) {
    this.#giveUp = giveUp;
    this.#timer = setInterval(() => {
      if (isPaused()) return;
      this.#silentMs += LOOK_EVERY_MS;
      this.#listenedMs += LOOK_EVERY_MS;
      if (this.#silentMs >= SILENCE_MS || this.#listenedMs >= LONGEST_MS) giveUp();
    }, LOOK_EVERY_MS);
  }

  heard(bytes: number): void {
    this.#silentMs = 0;
    this.#bytes += bytes;
    if (this.#bytes > MOST_BYTES) this.#giveUp();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
