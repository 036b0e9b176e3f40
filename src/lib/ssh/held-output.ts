/** The interval between two checks for more output, in milliseconds. */
const LOOK_EVERY_MS = 100;
/** After this much silence, no process is expected to write again: TCP has sent a lost packet again by then. */
const SILENCE_MS = 2000;
/** The upper limit: a process that was left running may write for ever. */
const LONGEST_MS = 10_000;
/**
 * A process may also write as fast as we read, so that the host is held back all the time. What a command wrote before it
 * ended is less than this: one window of the channel in transit, another in sshd (channels.c), and the contents of pipes.
 */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * How long to listen to a command that has ended. sshd closes the channel only when the last process closes its output, and
 * `sleep 300 & echo started` leaves one that does not. The output of the command itself comes right after its exit status.
 * The time in which we hold the host back does not count.
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
