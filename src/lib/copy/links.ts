import { Pace } from './pace.js';
import { isSuspect, newSeat, precedence, type Seat } from './seat.js';

/** A feeder gives the archive to a receiver. */
export interface Link {
  readonly feeder: string;
  readonly receiver: string;
}

/** Where a member can be fed, and the receiver that gives way to it. */
export interface Place {
  readonly feeder: string;
  readonly displaced: string | undefined;
}

/** A link that holds up the receiver, and what to do about that. */
export interface SlowLink extends Link {
  readonly verdict: 'bypass' | 'hopeless';
  /** Bytes per millisecond. */
  readonly rate: number;
  readonly others: number;
}

/** Rates are those of so long; a link younger than this is not judged. */
const WINDOW_MS = 2000;
/** Slower than this share of the fastest is slow, when the feeder has more to give. */
const SLOW_SHARE = 0.25;
/** Nothing at all for so long is slow, whatever the others do. */
const STALLED_MS = 3500;
const MOST_BYPASSES = 3;
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

  add(name: string): void {
    this.#seats.set(name, newSeat());
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
  }

  unlink(receiver: string): void {
    this.#seat(receiver).feeder = undefined;
  }

  /** The feeder could not log in on the receiver: it is not tried again. @returns how many could not */
  refuse({ feeder, receiver }: Link): number {
    return this.#seat(receiver).refused.add(feeder).size;
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

  /** The best place for a member, if there is one: by a feeder that can feed one more, or whose receiver gives way. */
  placeFor(name: string): Place | undefined {
    const fed = this.#receiversByFeeder();
    const behind = membersBehind(name, fed);
    let best: (Place & { readonly seat: Seat }) | undefined;
    for (const [feeder, seat] of this.#seats) {
      // One that waits itself has nothing more to come; one that is fed by way of this member never gets ahead of it.
      const supplied = seat.feeder !== undefined || seat.bytes >= this.#size;
      if (!supplied || behind.has(feeder)) continue;
      const place = this.#placeBy(feeder, name, fed.get(feeder) ?? [], this.#width);
      if (place && (best === undefined || precedence(seat, best.seat) < 0)) best = { ...place, seat };
    }
    return best ?? this.#placeBy(this.#source, name, fed.get(this.#source) ?? [], 1);
  }

  /** Links that hold up their receiver, and with it whoever it feeds. */
  slow(nowMs: number): SlowLink[] {
    const others = this.#pace.fastest(nowMs);
    const found = new Map<string, SlowLink>();
    for (const [name, seat] of this.#seats) {
      if (seat.feeder === undefined || !this.#isSlow(name, seat.feeder, nowMs, others)) continue;
      const { feeder, receiver } = this.#origin({ feeder: seat.feeder, receiver: name }, nowMs, others);
      const verdict = this.#judge(receiver, feeder, nowMs, others);
      const rate = this.#pace.rate(receiver, nowMs, WINDOW_MS);
      if (verdict !== undefined) found.set(receiver, { feeder, receiver, verdict, rate, others });
    }
    return [...found.values()];
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

  #placeBy(feeder: string, name: string, receivers: readonly string[], width: number): Place | undefined {
    const seat = this.#seat(name);
    if (seat.refused.has(feeder)) return undefined;
    if (receivers.length < width) return { feeder, displaced: undefined };
    const displaced = isSuspect(seat) ? undefined : receivers.find((other) => isSuspect(this.#seat(other)));
    return displaced === undefined ? undefined : { feeder, displaced };
  }

  #isSlow(receiver: string, feeder: string, nowMs: number, others: number): boolean {
    const { bytes, linkedMs } = this.#seat(receiver);
    const backlog = this.bytesOf(feeder) - bytes;
    if (backlog <= 0 || nowMs - linkedMs < WINDOW_MS * 1.25) return false;
    const rate = this.#pace.rate(receiver, nowMs, WINDOW_MS);
    const stalled = rate === 0 && nowMs - linkedMs > STALLED_MS;
    return stalled || (rate < others * SLOW_SHARE && backlog > (others * WINDOW_MS) / 4);
  }

  /** A host whose whole network is slow is slow to receive as well as to give: the first of its two links is meant. */
  #origin(link: Link, nowMs: number, others: number): Link {
    let { feeder, receiver } = link;
    for (;;) {
      const before = this.feederOf(feeder);
      if (before === undefined || this.bytesOf(before) <= this.bytesOf(feeder)) break;
      if (this.#pace.rate(feeder, nowMs, WINDOW_MS) >= others * SLOW_SHARE) break;
      [feeder, receiver] = [before, feeder];
    }
    return { feeder, receiver };
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

  #receiversByFeeder(): ReadonlyMap<string, readonly string[]> {
    const fed = new Map<string, string[]>();
    for (const [receiver, { feeder }] of this.#seats) {
      if (feeder === undefined) continue;
      const receivers = fed.get(feeder);
      if (receivers === undefined) fed.set(feeder, [receiver]);
      else receivers.push(receiver);
    }
    return fed;
  }

  #seat(name: string): Seat {
    const seat = this.#seats.get(name);
    if (seat === undefined) throw new Error(`${name} is no member of the chain`);
    return seat;
  }
}

/** A member and all that are fed by way of it. */
function membersBehind(name: string, fed: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const behind = new Set([name]);
  // A set that grows while it is gone through is gone through to its end.
  for (const member of behind) for (const receiver of fed.get(member) ?? []) behind.add(receiver);
  return behind;
}
