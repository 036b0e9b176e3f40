import { Judge, type Link, type SlowLink } from './judge.js';
import { bestPlace, type Place } from './placement.js';
import { isSuspect, mayFeed, newSeat, precedence, receiversOf, type Seat, seatOf } from './seat.js';

const REFUSALS = 2;
/** A receiver that has all says so within this after its feeder did. */
const CLAIM_MS = 3000;
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
  readonly #judge: Judge;

  /**
   * @param width how many receivers a member feeds at a time; the source feeds one
   * @param limit bytes per millisecond that a host gives on at most
   */
  constructor(source: string, size: number, width: number, limit = Number.POSITIVE_INFINITY) {
    this.#source = source;
    this.#size = size;
    this.#width = width;
    this.#judge = new Judge(this.#seats, source, size, limit);
  }

  add(name: string, nowMs: number): void {
    this.#seats.set(name, newSeat(nowMs));
  }

  /** Takes a member out. Those it fed have no feeder then. */
  remove(name: string): void {
    this.#seats.delete(name);
    for (const { failed } of this.#seats.values()) failed.delete(name);
    for (const receiver of this.receiversOf(name)) this.unlink(receiver);
  }

  link({ feeder, receiver }: Link, nowMs: number): void {
    const seat = this.#seat(receiver);
    seat.feeder = feeder;
    seat.linkedMs = nowMs;
    seat.linkedBytes = seat.bytes;
    seat.claimedMs = undefined;
    seat.fedBy.add(feeder);
    this.#judge.linked(receiver, nowMs);
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
    this.#seats.get(feeder)?.failed.add(receiver);
    const ended = this.receiversOf(receiver).map((name) => ({ feeder: receiver, receiver: name }));
    for (const link of ended) this.unlink(link.receiver);
    return ended;
  }

  /** What a member received is not the archive: one of those that fed it, or fed them, changed it. */
  distrustFeedersOf(name: string): void {
    for (const feeder of this.#seat(name).fedBy) {
      const seat = this.#seats.get(feeder);
      if (seat !== undefined) seat.slowToGive += 2;
    }
  }

  /** Several feeders, or all there are, could give it nothing. */
  isShunned(name: string): boolean {
    const { refused } = this.#seat(name);
    const feeders = [...this.#seats].filter(([feeder, seat]) => feeder !== name && mayFeed(seat));
    const left = [this.#source, ...feeders.map(([feeder]) => feeder)].filter(
      (feeder) => !refused.has(feeder),
    );
    return refused.size >= REFUSALS || left.length === 0;
  }

  /** The source has put so much into its link to a receiver. */
  gave(receiver: string, bytes: number, nowMs: number): void {
    this.#judge.gave(receiver, bytes, nowMs);
  }

  /** Links that hold up their receiver, and with it whoever it feeds. */
  slow(nowMs: number): SlowLink[] {
    return this.#judge.slow(nowMs);
  }

  /** A feeder says that all was given to its receiver. */
  claimed(receiver: string, nowMs: number): void {
    this.#seat(receiver).claimedMs ??= nowMs;
  }

  /** Links whose feeder said that all was given, and whose receiver does not have it. */
  falselyClaimed(nowMs: number): Link[] {
    return [...this.#seats].flatMap(([receiver, { feeder, claimedMs }]) =>
      feeder !== undefined && claimedMs !== undefined && nowMs - claimedMs > CLAIM_MS
        ? [{ feeder, receiver }]
        : [],
    );
  }

  heard(name: string, bytes: number, nowMs: number): void {
    const seat = this.#seat(name);
    seat.bytes = bytes;
    this.#judge.heard(name, nowMs);
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
    return receiversOf(name, this.#seats);
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

  /**
   * Takes both ends of a slow link out of the way: what was behind them is fed by what was before them, and they wait for a
   * place at the end. The source, and a feeder that has everything, stay where they are.
   * @returns the links that end and the one to make
   */
  bypass({ feeder, receiver }: Link): { readonly ended: readonly Link[]; readonly made: Link | undefined } {
    const before = this.bytesOf(feeder) < this.#size ? this.feederOf(feeder) : feeder;
    const moved = before === feeder ? [receiver] : [feeder, receiver];
    const [next] = this.receiversOf(receiver);
    const gaveNothing = !this.hasGiven({ feeder, receiver });
    const behind = moved.flatMap((name) => this.receiversOf(name)).filter((name) => !moved.includes(name));
    const ended = [...moved, ...behind].flatMap((name) => {
      const from = this.feederOf(name);
      return from === undefined ? [] : [{ feeder: from, receiver: name }];
    });
    for (const link of ended) this.unlink(link.receiver);
    const seat = this.#seat(receiver);
    seat.slowToReceive++;
    if (feeder === this.#source) seat.slowAtSource++;
    const giver = this.#seats.get(feeder);
    if (giver !== undefined) giver.slowToGive++;
    if (gaveNothing) giver?.failed.add(receiver);
    // At the end already, or nothing came at all: only another feeder can help.
    if (next === undefined || (gaveNothing && giver !== undefined)) seat.refused.add(feeder);
    if (next === undefined || before === undefined || !this.#mayGive(before, next))
      return { ended, made: undefined };
    return { ended, made: { feeder: before, receiver: next } };
  }

  /** Not once it gave that one nothing, or several. */
  #mayGive(feeder: string, receiver: string): boolean {
    const seat = this.#seats.get(feeder);
    if (this.#seat(receiver).refused.has(feeder)) return false;
    return seat === undefined || (mayFeed(seat) && !(isSuspect(seat) && seat.failed.size > 0));
  }

  #seat(name: string): Seat {
    return seatOf(name, this.#seats);
  }
}
