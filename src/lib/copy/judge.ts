import { Pace } from './pace.js';
import { receiversOf, type Seat, seatOf } from './seat.js';

/** A feeder gives the archive to a receiver. */
export interface Link {
  readonly feeder: string;
  readonly receiver: string;
}

/**
 * A link that holds up the receiver, and what to do about that. `appeal`: the template is to feed it, as what a host in between
 * gives is no evidence against the receiver. `hopeless`: fed by the template itself it was too slow.
 */
export interface SlowLink extends Link {
  readonly verdict: 'bypass' | 'appeal' | 'hopeless';
  /** Bytes per millisecond. */
  readonly rate: number;
  readonly others: number;
}

/** Rates are those of so long. */
const WINDOW_MS = 1500;
/** A link is judged after this and a window: so long a login takes. */
const GRACE_MS = 500;
/** A receiver that has what its feeder had so long ago keeps up. */
const LAG_MS = 1250;
/** A receiver writes what it gets in blocks of so many bytes (templates/copy/receive.sh). */
const BLOCK = 65_536;
/** Slower than this share of the fastest is slow, when the feeder has more to give. */
const SLOW_SHARE = 0.33;
/** Slower than this is as good as nothing, in bytes per millisecond; where there is a limit, than a third of that. */
const CRAWL = 2;
/** As good as nothing for so long is slow, whatever the others do. */
const STALLED_MS = 3500;
/** A verdict on a receiver is on so long; Pace remembers no more. */
const JUDGED_MS = 9500;
/** So often a receiver of the source gives way to others before it is judged, though others wait for it. */
const MOST_BYPASSES = 2;
/** Beside five times what the others take: how long the last one may still need, before another spare takes its place. */
const HOPELESS_MS = 30_000;

/**
 * Which links are slow, and whether that says something about the receiver: never more than its feeder gave, never by what only
 * hosts in between say, and never beside itself.
 */
export class Judge {
  readonly #seats: ReadonlyMap<string, Seat>;
  readonly #source: string;
  readonly #size: number;
  readonly #crawl: number;
  readonly #pace = new Pace();
  /** What the source has put into its links, by receiver. */
  readonly #given = new Pace();
  #mostGiven = 0;

  /** @param limit bytes per millisecond that a host gives on at most */
  constructor(seats: ReadonlyMap<string, Seat>, source: string, size: number, limit: number) {
    this.#seats = seats;
    this.#source = source;
    this.#size = size;
    this.#crawl = Math.min(CRAWL, limit * SLOW_SHARE);
  }

  /** A member has another feeder now. */
  linked(receiver: string, nowMs: number): void {
    this.#given.forget(receiver);
    this.heard(receiver, nowMs);
  }

  /** A member has told how much it has. */
  heard(name: string, nowMs: number): void {
    this.#pace.add(name, seatOf(name, this.#seats).bytes, nowMs, WINDOW_MS);
  }

  /** The source has put so much into its link to a receiver. */
  gave(receiver: string, bytes: number, nowMs: number): void {
    this.#given.add(receiver, Math.min(bytes, this.#size), nowMs, WINDOW_MS);
    this.#mostGiven = Math.max(this.#mostGiven, this.#given.fastestBeside('', nowMs));
  }

  /** Links that hold up their receiver, and with it whoever it feeds. */
  slow(nowMs: number): SlowLink[] {
    const found: SlowLink[] = [];
    for (const [name, { feeder }] of this.#seats) {
      // Whoever is no member either is the source, or this machine, for a host that no other can log in on.
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
   * What the others receive, in bytes per millisecond; 0 where there are none. That is their own word, so it counts up to what
   * the source was seen to give in its best moment.
   */
  #standardFor(name: string, nowMs: number): number {
    const others = this.#pace.fastestBeside(name, nowMs);
    return this.#mostGiven > 0 ? Math.min(others, this.#mostGiven) : others;
  }

  #isSlow(receiver: string, feeder: string, nowMs: number, others: number): boolean {
    const { bytes, linkedMs } = seatOf(receiver, this.#seats);
    if (nowMs - linkedMs < WINDOW_MS + GRACE_MS) return false;
    const offered = this.#offered(receiver, feeder, nowMs - LAG_MS);
    // What is given but does not fill a block is not seen on the receiver yet.
    const isOwed = offered !== undefined && bytes < (offered < this.#size ? offered - BLOCK + 1 : offered);
    if (!isOwed) return false;
    const rate = this.#pace.rate(receiver, nowMs, WINDOW_MS);
    return rate < others * SLOW_SHARE || (rate < this.#crawl && nowMs - linkedMs > STALLED_MS);
  }

  /**
   * What a feeder had to give to a receiver at that time. The source packs while it gives: of that only what went into the link
   * counts, and nothing where that is not known.
   */
  #offered(receiver: string, feeder: string, atMs: number): number | undefined {
    return feeder === this.#source
      ? this.#given.bytesThen(receiver, atMs)
      : this.#pace.bytesThen(feeder, atMs);
  }

  /**
   * Whoever is slow itself has nothing to give: the link by which it receives is to blame, if any. So of a host that is slow both
   * ways the first of its two links is meant, and nobody behind it.
   */
  #isSupplied(feeder: string, nowMs: number, others: number): boolean {
    if (this.#bytesOf(feeder) >= this.#size) return true;
    return this.#pace.rate(feeder, nowMs, WINDOW_MS) >= others * SLOW_SHARE;
  }

  #verdict(receiver: string, feeder: string, nowMs: number, others: number): SlowLink['verdict'] | undefined {
    const { slowAtSource } = seatOf(receiver, this.#seats);
    const isTried = feeder === this.#source && slowAtSource >= MOST_BYPASSES;
    if (receiversOf(receiver, this.#seats).length > 0 && !isTried) return 'bypass';
    // Nobody waits for it. While its feeder is still on the way itself, the feeder may be the slow one.
    if (this.#bytesOf(feeder) < this.#size || !this.#isHopeless(receiver, nowMs, others)) return undefined;
    if (feeder === this.#source) return 'hopeless';
    const { refused } = seatOf(receiver, this.#seats);
    const isSourceFree = receiversOf(this.#source, this.#seats).length === 0;
    return isSourceFree && !refused.has(this.#source) ? 'appeal' : undefined;
  }

  #isHopeless(receiver: string, nowMs: number, others: number): boolean {
    const { bytes, linkedMs } = seatOf(receiver, this.#seats);
    // A disk that is busy for a moment, or a machine that is, must not cost a good host its place.
    if (nowMs - linkedMs <= JUDGED_MS) return false;
    const rate = (bytes - (this.#pace.bytesThen(receiver, nowMs - JUDGED_MS) ?? 0)) / JUDGED_MS;
    if (rate < this.#crawl) return true;
    const usualMs = others > 0 ? this.#size / others : 0;
    return (this.#size - bytes) / rate > HOPELESS_MS + 5 * usualMs;
  }

  /** Whoever is no member is a source, and has everything. */
  #bytesOf(name: string): number {
    return this.#seats.get(name)?.bytes ?? this.#size;
  }
}
