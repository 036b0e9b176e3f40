import { Pace } from './pace.js';
import { bestPlace, type Place } from './placement.js';
import { newSeat, precedence, type Seat } from './seat.js';

/** A feeder gives the archive to a receiver. */
export interface Link {
  readonly feeder: string;
  readonly receiver: string;
}

/** A link that holds up the receiver, and what to do about that. */
export interface SlowLink extends Link {
  readonly verdict: 'bypass' | 'hopeless';
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
/** Slower than this share of the fastest is slow, when the feeder has more to give. */
const SLOW_SHARE = 0.33;
/** Nothing at all for so long is slow, whatever the others do. */
const STALLED_MS = 3500;
const MOST_BYPASSES = 3;
const REFUSALS = 2;
/** Beside five times what the others take: how long the last one may still need, before another spare takes its place. */
const HOPELESS_MS = 30_000;

/**
 * Who feeds whom in a chain: the bookkeeping and the decisions, without doing anything. One rule makes chains: whoever needs
 * a feeder gets the one that holds most among those who can feed one more, and the source only when there is no other, so
 * that the archive crosses from it once. One rule keeps them fast: the two ends of a link that holds up others go to the
 * end of the chain; which of the two is to blame need not be known. The receiver is under suspicion then, and gives way to
 * whoever joins later, so that nobody waits behind it.
 */
export class Links {
  readonly #source: string;
  readonly #size: number;
  readonly #width: number;
  readonly #seats = new Map<string, Seat>();
  readonly #pace = new Pace();

  /** @param width how many receivers a member feeds at a time; the source feeds one */
  constructor(source: string, size: number, width: number) {
    this.#source = source;
    this.#size = size;
    this.#width = width;
  }

  add(name: string, nowMs: number): void {
    this.#seats.set(name, newSeat(nowMs));
  }

  /** Takes a member out. Those it fed have no feeder then. */
  remove(name: string): void {
    this.#seats.delete(name);
    for (const receiver of this.receiversOf(name)) this.unlink(receiver);
  }

  link({ feeder, receiver }: Link, nowMs: number): void {
    const seat = this.#seat(receiver);
    seat.feeder = feeder;
    seat.linkedMs = nowMs;
    seat.linkedBytes = seat.bytes;
    this.#pace.add(receiver, seat.bytes, nowMs, WINDOW_MS);
  }

  unlink(receiver: string): void {
    this.#seat(receiver).feeder = undefined;
  }

  /** Whether anything came by way of a link, as far as is known. */
  hasGiven({ receiver }: Link): boolean {
    const { bytes, linkedBytes } = this.#seat(receiver);
    return bytes > linkedBytes;
  }

  /**
   * Nothing came from the feeder: it is not tried again. Those behind the receiver need not wait until it has another one.
   * @returns the links that end by that
   */
  refuse({ feeder, receiver }: Link): readonly Link[] {
    this.#seat(receiver).refused.add(feeder);
    const ended = this.receiversOf(receiver).map((name) => ({ feeder: receiver, receiver: name }));
    for (const link of ended) this.unlink(link.receiver);
    return ended;
  }

  /** Several feeders, or all there are, could give it nothing. */
  isShunned(name: string): boolean {
    const { refused } = this.#seat(name);
    const feeders = [this.#source, ...this.#seats.keys()].filter((feeder) => feeder !== name);
    return refused.size >= REFUSALS || feeders.every((feeder) => refused.has(feeder));
  }

  heard(name: string, bytes: number, nowMs: number): void {
    this.#seat(name).bytes = bytes;
    this.#pace.add(name, bytes, nowMs, WINDOW_MS);
  }

  has(name: string): boolean {
    return this.#seats.has(name);
  }

  /** Whoever is no member is a source, and has everything. */
  bytesOf(name: string): number {
    return this.#seats.get(name)?.bytes ?? this.#size;
  }

  feederOf(name: string): string | undefined {
    return this.#seats.get(name)?.feeder;
  }

  receiversOf(name: string): string[] {
    return [...this.#seats].filter(([, seat]) => seat.feeder === name).map(([receiver]) => receiver);
  }

  /** Members that need a feeder and have none; suspects last, and those that hold most first. */
  waiting(): string[] {
    const waiting = [...this.#seats].filter(([, { feeder, bytes }]) => !feeder && bytes < this.#size);
    return waiting.sort(([, a], [, b]) => precedence(a, b)).map(([name]) => name);
  }

  /** The best place for a member, if there is one. */
  placeFor(name: string): Place | undefined {
    return bestPlace(name, this.#seats, { source: this.#source, size: this.#size, width: this.#width });
  }

  /** Links that hold up their receiver, and with it whoever it feeds. */
  slow(nowMs: number): SlowLink[] {
    const others = this.#pace.fastest(nowMs);
    const found: SlowLink[] = [];
    for (const [name, { feeder }] of this.#seats) {
      // Whoever is no member either is the source, or this machine, for a host that no other can log in on.
      if (feeder === undefined || (feeder !== this.#source && !this.has(feeder))) continue;
      if (!this.#isSupplied(feeder, nowMs, others)) continue;
      if (!this.#isSlow(name, feeder, nowMs, others)) continue;
      const verdict = this.#judge(name, feeder, nowMs, others);
      const rate = this.#pace.rate(name, nowMs, WINDOW_MS);
      if (verdict !== undefined) found.push({ feeder, receiver: name, verdict, rate, others });
    }
    return found;
  }

  /**
   * Takes both ends of a slow link out of the way: what was behind them is fed by what was before them, and they wait for a
   * place at the end. The source, and a feeder that has everything, stay where they are.
   * @returns the links that end and the one to make
   */
  bypass({ feeder, receiver }: Link): { readonly ended: readonly Link[]; readonly made: Link | undefined } {
    const before = this.bytesOf(feeder) < this.#size ? this.feederOf(feeder) : feeder;
    const moved = before === feeder ? [receiver] : [feeder, receiver];
    const [next] = this.receiversOf(receiver);
    const behind = moved.flatMap((name) => this.receiversOf(name)).filter((name) => !moved.includes(name));
    const ended = [...moved, ...behind].flatMap((name) => {
      const from = this.feederOf(name);
      return from === undefined ? [] : [{ feeder: from, receiver: name }];
    });
    for (const link of ended) this.unlink(link.receiver);
    const seat = this.#seat(receiver);
    seat.slowToReceive++;
    const giver = this.#seats.get(feeder);
    if (giver !== undefined) giver.slowToGive++;
    // At the end already: only another feeder can help.
    if (next === undefined) seat.refused.add(feeder);
    const made = next === undefined || before === undefined ? undefined : { feeder: before, receiver: next };
    return { ended, made };
  }

  #isSlow(receiver: string, feeder: string, nowMs: number, others: number): boolean {
    const { bytes, linkedMs } = this.#seat(receiver);
    if (nowMs - linkedMs < WINDOW_MS + GRACE_MS || bytes >= this.#bytesThen(feeder, nowMs - LAG_MS))
      return false;
    const rate = this.#pace.rate(receiver, nowMs, WINDOW_MS);
    return rate < others * SLOW_SHARE || (rate === 0 && nowMs - linkedMs > STALLED_MS);
  }

  #bytesThen(name: string, atMs: number): number {
    const seat = this.#seats.get(name);
    return seat === undefined ? this.#size : this.#pace.bytesThen(name, atMs);
  }

  /**
   * Whoever is slow itself has nothing to give: the link by which it receives is to blame, if any. So of a host that is slow both
   * ways the first of its two links is meant, and nobody behind it.
   */
  #isSupplied(feeder: string, nowMs: number, others: number): boolean {
    if (this.bytesOf(feeder) >= this.#size) return true;
    return this.#pace.rate(feeder, nowMs, WINDOW_MS) >= others * SLOW_SHARE;
  }

  #judge(receiver: string, feeder: string, nowMs: number, others: number): SlowLink['verdict'] | undefined {
    const seat = this.#seat(receiver);
    const holdsUp = this.receiversOf(receiver).length > 0;
    if (holdsUp) return seat.slowToReceive < MOST_BYPASSES ? 'bypass' : 'hopeless';
    // Nobody waits for it. While its feeder is still on the way itself, the feeder may be the slow one.
    if (this.bytesOf(feeder) < this.#size) return undefined;
    const rate = this.#pace.rate(receiver, nowMs, WINDOW_MS);
    const leftMs = (this.#size - seat.bytes) / Math.max(rate, Number.EPSILON);
    const usualMs = others > 0 ? this.#size / others : 0;
    if (leftMs <= HOPELESS_MS + 5 * usualMs) return undefined;
    return seat.slowToReceive === 0 && this.placeFor(receiver) !== undefined ? 'bypass' : 'hopeless';
  }

  #seat(name: string): Seat {
    const seat = this.#seats.get(name);
    if (seat === undefined) throw new Error(`${name} is no member of the chain`);
    return seat;
  }
}
