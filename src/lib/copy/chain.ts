import type { Host } from '../names/host.js';
import { StepFailure } from '../run/step-handler.js';
import { onAbort } from '../ssh/abort.js';
import type { Session } from '../ssh/transport.js';
import { NoMember } from './faults.js';
import { Feeding, type FeedingOptions } from './feeding.js';
import { Member } from './member.js';
import { requireSecondSession } from './second-session.js';
import { settleable } from './settleable.js';

export type ChainOptions = FeedingOptions;

/** A host that wants the archive. */
export interface Joiner {
  readonly host: Host;
  readonly session: Session;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** A host that has the archive: in the file `part` of the member's spool, whole and checked. */
export interface Delivered {
  readonly member: Member;
  /** The archive came through this machine, because no other host could give it. */
  readonly relayed: boolean;
}

/** The slowest transfer that is allowed: a host that has not received the archive by then is given up. */
const LEAST_BYTES_PER_MS = 100;
const LONGEST_START_MS = 600_000;
/** The longest delay that setTimeout accepts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * One archive on its way through a chain of hosts. Each host receives, keeps and forwards it at the same time, so that all
 * hosts together take the time of one. Hosts may join at any time, also after the others are done. The chain goes around a
 * host that dies or is slow.
 */
export class Chain {
  readonly #options: ChainOptions;
  readonly #feeding: Feeding;
  readonly #members = new Set<Member>();

  constructor(options: ChainOptions) {
    this.#options = options;
    this.#feeding = new Feeding(options);
  }

  /**
   * Brings the archive to a host, whole and checked. The member keeps feeding other members until close().
   * @throws {StepFailure} if the host cannot receive it
   * @throws {NoMember} if the host can only get it in another way
   * @throws what the connection throws, and the signal's reason
   */
  async join({ host, session, onBytes, signal }: Joiner): Promise<Delivered> {
    signal.throwIfAborted();
    if (this.#feeding.closed !== undefined) throw this.#feeding.closed;
    this.#feeding.remove(host.name);
    const member = new Member(host, session, 'receiver', this.#options, this.#feeding.listener);
    this.#members.add(member);
    const { failed, fail, forget } = this.#deadline(signal);
    try {
      await Promise.race([member.ready, failed]);
      this.#feeding.add({ member, onBytes, fail, signal });
      const received = Promise.all([this.#received(member), requireSecondSession(session, signal)]);
      await Promise.race([received, failed]);
      return { member, relayed: this.#feeding.wasRelayed(member) };
    } catch (error) {
      this.#feeding.remove(host.name);
      void member.end().then(() => this.#members.delete(member));
      throw error;
    } finally {
      forget();
    }
  }

  /** Ends all members; each removes everything it put on its host. */
  async close(): Promise<void> {
    await Promise.all([this.#feeding.end(), ...[...this.#members].map((member) => member.end())]);
  }

  async #received(member: Member): Promise<void> {
    const digest = await member.received;
    if (digest === this.#options.packed.digest) return this.#feeding.whole(member.name);
    // Either a feeder spoiled the archive or the template changed: the copy through this machine will show which.
    this.#feeding.spoiled(member.name);
    throw new NoMember('what other hosts gave it was not the archive');
  }

  /**
   * This machine may have to feed all hosts: first it receives the archive, then it feeds them one by one within the rate
   * limit.
   */
  #longestMs(): number {
    const { packed, bytesPerSecond = Number.POSITIVE_INFINITY } = this.#options;
    const bytesPerMs = Math.min(bytesPerSecond / 1000, LEAST_BYTES_PER_MS);
    const times = bytesPerSecond / 1000 < LEAST_BYTES_PER_MS ? Math.max(4, this.#members.size + 1) : 4;
    return LONGEST_START_MS + (times * packed.bytes) / bytesPerMs;
  }

  /** A promise that rejects when the operation ends, when the time is up, or when its `fail` is called. */
  #deadline(signal: AbortSignal) {
    const { promise, reject: fail } = settleable<never>();
    const startedMs = performance.now();
    let timer: NodeJS.Timeout;
    const watch = () => {
      const longestMs = this.#longestMs();
      const leftMs = longestMs - (performance.now() - startedMs);
      const words = `it has not all of the archive after ${Math.round(longestMs / 60_000)} minutes`;
      if (leftMs <= 0) fail(new StepFailure('failed', words));
      else timer = setTimeout(watch, Math.min(leftMs, LONGEST_TIMER_MS)).unref();
    };
    watch();
    const forgetSignal = onAbort(signal, fail);
    const forget = () => {
      clearTimeout(timer);
      forgetSignal();
    };
    return { failed: promise, fail, forget };
  }
}
