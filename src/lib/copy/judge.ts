import { Pace } from './pace.js';
import { receiversOf, type Seat, seatOf } from './seat.js';

/** A feeder gives the archive to a receiver. */
export interface Link {
  readonly feeder: string;
  readonly receiver: string;
}

/**
 * A link that holds up the receiver, and what to do about it. `appeal`: the template is to feed the receiver, because the
 * word of a host in between is no evidence against the receiver. `hopeless`: the template itself fed it, and it was too slow.
 */
export interface SlowLink extends Link {
  readonly verdict: 'bypass' | 'appeal' | 'hopeless';
  /** Bytes per millisecond. */
  readonly rate: number;
  readonly others: number;
}

/** The period over which rates are measured. */
const WINDOW_MS = 1500;
/** A link is judged after this time plus a window: a login takes this long. */
const GRACE_MS = 500;
/** A receiver keeps up if it has what its feeder had this long ago. */
const LAG_MS = 1250;
/** A receiver writes in blocks of this many bytes (templates/copy/receive.sh). */
const BLOCK = 65_536;
/** A link below this share of the fastest one is slow, if the feeder has more to give. */
const SLOW_SHARE = 0.33;
/** Below this rate a link counts as stalled, in bytes per millisecond. With a rate limit: below a third of the limit. */
const CRAWL = 2;
/** A link that is stalled for this long is slow, whatever the others do. */
const STALLED_MS = 3500;
/** The period on which a verdict is based; Pace keeps no older figures. */
const JUDGED_MS = 9500;
/** How often a receiver of the source gives way to others before it is judged, even if others wait for it. */
const MOST_BYPASSES = 2;
/**
 * How much longer than five times the others' time the last receiver may still need. After that another spare host takes its
 * place.
 */
const HOPELESS_MS = 30_000;

/**
 * Finds the slow links, and decides whether that says something about the receiver. A receiver is never expected to have more
 * than its feeder gave, never judged by the word of hosts in between alone, and never compared with itself.
 */
export class Judge {
  readonly #seats: ReadonlyMap<string, Seat>;
  readonly #source: string;
  readonly #size: number;
  readonly #crawl: number;
  readonly #pace = new Pace();
  /** How much the source has put into its links, by receiver. */
  readonly #given = new Pace();
  #mostGiven = 0;

  /** @param limit bytes per millisecond that a host gives on at most */
  constructor(seats: ReadonlyMap<string, Seat>, source: string, size: number, limit: number) {
    this.#seats = seats;
    this.#source = source;
    this.#size = size;
    this.#crawl = Math.min(CRAWL, limit * SLOW_SHARE);
  }

  /** A member has a new feeder. */
  linked(receiver: string, nowMs: number): void {
    this.#given.forget(receiver);
    this.heard(receiver, nowMs);
  }

  /** A member has reported how much it has. */
  heard(name: string, nowMs: number): void {
    this.#pace.add(name, seatOf(name, this.#seats).bytes, nowMs, WINDOW_MS);
  }

  /** How much the source has put into its link to a receiver. */
  gave(receiver: string, bytes: number, nowMs: number): void {
    this.#given.add(receiver, Math.min(bytes, this.#size), nowMs, WINDOW_MS);
    this.#mostGiven = Math.max(this.#mostGiven, this.#given.fastestBeside('', nowMs));
  }

  /** Links that hold up their receiver, and all members behind it. */
  slow(nowMs: number): SlowLink[] {
    const found: SlowLink[] = [];
    for (const [name, { feeder }] of this.#seats) {
      // A feeder that is no member is the source, or this machine feeding a host that no other host can log in to.
      if (feeder === undefined || (feeder !== this.#source && !this.#seats.has(feeder))) continue;
      const others = this.#standardFor(name, nowMs);
      if (!this.#isSupplied(feeder, nowMs, others)) continue;
      if (!this.#isSlow(name, feeder, nowMs, others)) continue;
      const verdict = this.#verdict(name, feeder, nowMs, others);
      const rate = this.#pace.rate(name, nowMs, WINDOW_MS);
      if (verdict !== undefined) found.push({ feeder, receiver: name, verdict, rate, others });
    }
    return found;
  }

  /**
   * The rate of the other receivers, in bytes per millisecond; 0 if there are none. They report it themselves, so it counts
   * only up to the best rate that the source was seen to give.
   */
  #standardFor(name: string, nowMs: number): number {
    const others = this.#pace.fastestBeside(name, nowMs);
    return this.#mostGiven > 0 ? Math.min(others, this.#mostGiven) : others;
  }

  #isSlow(receiver: string, feeder: string, nowMs: number, others: number): boolean {
    const { bytes, linkedMs } = seatOf(receiver, this.#seats);
    if (nowMs - linkedMs < WINDOW_MS + GRACE_MS) return false;
    const offered = this.#offered(receiver, feeder, nowMs - LAG_MS);
    // Bytes that do not fill a block are not yet visible on the receiver.
    const isOwed = offered !== undefined && bytes < (offered < this.#size ? offered - BLOCK + 1 : offered);
    if (!isOwed) return false;
    const rate = this.#pace.rate(receiver, nowMs, WINDOW_MS);
    return rate < others * SLOW_SHARE || (rate < this.#crawl && nowMs - linkedMs > STALLED_MS);
  }

  /**
   * What a feeder had to give to a receiver at that time. The source packs while it gives: for the source only the bytes that
   * went into the link count, and nothing if that is not known.
   */
  #offered(receiver: string, feeder: string, atMs: number): number | undefined {
    return feeder === this.#source
      ? this.#given.bytesThen(receiver, atMs)
      : this.#pace.bytesThen(feeder, atMs);
  }

  /**
   * A feeder that is slow itself has nothing to give: then the link that feeds it is the one to blame. So if a host is slow
   * both ways, the first of its two links counts, and no host behind it is blamed.
   */
  #isSupplied(feeder: string, nowMs: number, others: number): boolean {
    if (this.#bytesOf(feeder) >= this.#size) return true;
    return this.#pace.rate(feeder, nowMs, WINDOW_MS) >= others * SLOW_SHARE;
  }

  #verdict(receiver: string, feeder: string, nowMs: number, others: number): SlowLink['verdict'] | undefined {
    const { slowAtSource } = seatOf(receiver, this.#seats);
    const isTried = feeder === this.#source && slowAtSource >= MOST_BYPASSES;
    if (receiversOf(receiver, this.#seats).length > 0 && !isTried) return 'bypass';
    // No other host waits for this receiver. While its feeder is still receiving, the feeder may be the slow one.
    if (this.#bytesOf(feeder) < this.#size || !this.#isHopeless(receiver, nowMs, others)) return undefined;
    if (feeder === this.#source) return 'hopeless';
    const { refused } = seatOf(receiver, this.#seats);
    const isSourceFree = receiversOf(this.#source, this.#seats).length === 0;
    return isSourceFree && !refused.has(this.#source) ? 'appeal' : undefined;
  }

  #isHopeless(receiver: string, nowMs: number, others: number): boolean {
    const { bytes, linkedMs } = seatOf(receiver, this.#seats);
    // A disk or a machine that is busy for a moment must not cost a good host its place.
    if (nowMs - linkedMs <= JUDGED_MS) return false;
    const rate = (bytes - (this.#pace.bytesThen(receiver, nowMs - JUDGED_MS) ?? 0)) / JUDGED_MS;
    if (rate < this.#crawl) return true;
    const usualMs = others > 0 ? this.#size / others : 0;
    return (this.#size - bytes) / rate > HOPELESS_MS + 5 * usualMs;
  }

  /** A feeder that is no member is a source, and has everything. */
  #bytesOf(name: string): number {
    return this.#seats.get(name)?.bytes ?? this.#size;
  }
}
