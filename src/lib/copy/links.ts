import { Judge, type Link, type SlowLink } from './judge.js';
import { bestPlace, type Place } from './placement.js';
import { isSuspect, mayFeed, newSeat, precedence, receiversOf, type Seat, seatOf } from './seat.js';

const REFUSALS = 2;
/** After its feeder reports the end, a receiver that has the whole archive says so within this time. */
const CLAIM_MS = 3000;
/**
 * Which host feeds which in a chain: the records and the decisions, no actions. One rule makes chains. A member without a
 * feeder gets the one that holds most among those that can feed one more. It gets the source only if there is no other, so
 * that the archive leaves the source once. One rule keeps chains fast: both ends of a link that holds up others go to the end
 * of the chain. Which of the two is to blame need not be known. The receiver is then a suspect and gives way to later
 * members, so that no member waits behind it.
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

  /** Removes a member. The members that it fed then have no feeder. */
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

  /** Whether any bytes came through a link, as far as is known. */
  hasGiven({ receiver }: Link): boolean {
    const { bytes, linkedBytes } = this.#seat(receiver);
    return bytes > linkedBytes;
  }

  /**
   * The feeder gave nothing: it is not tried again for this receiver. Members behind the receiver get other feeders at once.
   * @returns the links that end because of this
   */
  refuse({ feeder, receiver }: Link): readonly Link[] {
    this.#seat(receiver).refused.add(feeder);
    this.#seats.get(feeder)?.failed.add(receiver);
    const ended = this.receiversOf(receiver).map((name) => ({ feeder: receiver, receiver: name }));
    for (const link of ended) this.unlink(link.receiver);
    return ended;
  }

  /** A member received bytes that are not the archive: one of its feeders, or of their feeders, changed them. */
  distrustFeedersOf(name: string): void {
    for (const feeder of this.#seat(name).fedBy) {
      const seat = this.#seats.get(feeder);
      if (seat !== undefined) seat.slowToGive += 2;
    }
  }

  /** Several feeders, or all there are, could give the member nothing. */
  isShunned(name: string): boolean {
    const { refused } = this.#seat(name);
    const feeders = [...this.#seats].filter(([feeder, seat]) => feeder !== name && mayFeed(seat));
    const left = [this.#source, ...feeders.map(([feeder]) => feeder)].filter(
      (feeder) => !refused.has(feeder),
    );
    return refused.size >= REFUSALS || left.length === 0;
  }

  /** How much the source has put into its link to a receiver. */
  gave(receiver: string, bytes: number, nowMs: number): void {
    this.#judge.gave(receiver, bytes, nowMs);
  }

  /** Links that hold up their receiver, and all members behind it. */
  slow(nowMs: number): SlowLink[] {
    return this.#judge.slow(nowMs);
  }

  /** A feeder reports that it gave everything to its receiver. */
  claimed(receiver: string, nowMs: number): void {
    this.#seat(receiver).claimedMs ??= nowMs;
  }

  /** Links whose feeder reported the end, but whose receiver does not have everything. */
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

  /** A name that is no member is a source, and has everything. */
  bytesOf(name: string): number {
    return this.#seats.get(name)?.bytes ?? this.#size;
  }

  feederOf(name: string): string | undefined {
    return this.#seats.get(name)?.feeder;
  }

  receiversOf(name: string): string[] {
    return receiversOf(name, this.#seats);
  }

  /** Members without a feeder; suspects last, otherwise the members that hold most first. */
  waiting(): string[] {
    const waiting = [...this.#seats].filter(([, { feeder, bytes }]) => !feeder && bytes < this.#size);
    return waiting.sort(([, a], [, b]) => precedence(a, b)).map(([name]) => name);
  }

  /** The best place for a member, if there is one. */
  placeFor(name: string): Place | undefined {
    return bestPlace(name, this.#seats, { source: this.#source, size: this.#size, width: this.#width });
  }

  /**
   * Takes both ends of a slow link out of the way. The member before them feeds the members behind them, and both wait for a
   * place at the end. The source, and a feeder that has everything, keep their places.
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
    // The receiver is at the end already, or nothing came at all: only another feeder can help.
    if (next === undefined || (gaveNothing && giver !== undefined)) seat.refused.add(feeder);
    if (next === undefined || before === undefined || !this.#mayGive(before, next))
      return { ended, made: undefined };
    return { ended, made: { feeder: before, receiver: next } };
  }

  /** False if the feeder gave this receiver nothing before, or gave several receivers nothing. */
  #mayGive(feeder: string, receiver: string): boolean {
    const seat = this.#seats.get(feeder);
    if (this.#seat(receiver).refused.has(feeder)) return false;
    return seat === undefined || (mayFeed(seat) && !(isSuspect(seat) && seat.failed.size > 0));
  }

  #seat(name: string): Seat {
    return seatOf(name, this.#seats);
  }
}
