import { Pace } from './pace.js';

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

interface Seat {
  bytes: number;
  feeder: string | undefined;
  linkedMs: number;
  /** How often it was one end of a link that held up others. */
  moves: number;
  /** Feeders that could not log in on it. */
  readonly refused: Set<string>;
}

/** Rates are those of so long; a link younger than this is not judged. */
const WINDOW_MS = 2000;
/** Slower than this share of the fastest is slow, when the feeder has more to give. */
const SLOW_SHARE = 0.25;
/** Nothing at all for so long is slow, whatever the others do. */
const STALLED_MS = 3500;
const MOST_MOVES = 3;
/** Beside five times what the others take: how long the last one may still need, before another spare takes its place. */
const HOPELESS_MS = 30_000;

/**
 * Who feeds whom in a chain: the bookkeeping and the decisions, without doing anything. One rule makes chains: whoever needs
 * a feeder gets the one that holds most among those who can feed one more, and the source only when there is no other, so
 * that the archive crosses from it once. One rule keeps them fast: the two ends of a link that holds up others go to the
 * end of the chain, where nobody waits for them; which of the two is to blame need not be known.
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
    this.#seats.set(name, { bytes: 0, feeder: undefined, linkedMs: 0, moves: 0, refused: new Set() });
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

  /** Members that need a feeder and have none, those that hold most first. */
  waiting(): string[] {
    const waiting = [...this.#seats].filter(([, { feeder, bytes }]) => !feeder && bytes < this.#size);
    return waiting.sort(([, a], [, b]) => b.bytes - a.bytes).map(([name]) => name);
  }

  /** The best feeder for a member, if there is one that can feed one more. */
  feederFor(name: string): string | undefined {
    const { refused } = this.#seat(name);
    const fed = this.#receiversByFeeder();
    const behind = membersBehind(name, fed);
    const can = (feeder: string, width: number) =>
      !refused.has(feeder) && (fed.get(feeder)?.length ?? 0) < width;
    let best: string | undefined;
    for (const [candidate, seat] of this.#seats) {
      // One that waits itself has nothing more to come; one that is fed by way of this member never gets ahead of it.
      const supplied = seat.feeder !== undefined || seat.bytes >= this.#size;
      if (!supplied || behind.has(candidate) || !can(candidate, this.#width)) continue;
      if (best === undefined || seat.bytes > this.bytesOf(best)) best = candidate;
    }
    return best ?? (can(this.#source, 1) ? this.#source : undefined);
  }

  /** Links that hold up their receiver, and with it whoever it feeds. */
  slow(nowMs: number): SlowLink[] {
    const others = this.#pace.fastest(nowMs);
    return [...this.#seats].flatMap(([receiver, seat]) => {
      if (seat.feeder === undefined || nowMs - seat.linkedMs < WINDOW_MS * 1.25) return [];
      const backlog = this.bytesOf(seat.feeder) - seat.bytes;
      const rate = this.#pace.rate(receiver, nowMs, WINDOW_MS);
      const stalled = rate === 0 && nowMs - seat.linkedMs > STALLED_MS;
      const isSlow = rate < others * SLOW_SHARE && backlog > (others * WINDOW_MS) / 4;
      if (backlog <= 0 || !(stalled || isSlow)) return [];
      const verdict = this.#judge(receiver, seat.feeder, rate, others);
      return verdict === undefined ? [] : [{ feeder: seat.feeder, receiver, verdict, rate, others }];
    });
  }

  /**
   * Takes both ends of a slow link out of the way: what was behind them is fed by what was before them, and they wait for a
   * place at the end. The source, and a feeder that has everything, stay where they are.
   * @returns the links that end and the one to make
   */
  bypass({ feeder, receiver }: Link): { readonly ended: readonly Link[]; readonly made: Link | undefined } {
    const before = this.feederOf(feeder);
    const moved = before === undefined ? [receiver] : [feeder, receiver];
    const [next] = this.receiversOf(receiver);
    const ended = [...moved, ...(next === undefined ? [] : [next])].flatMap((name) => {
      const from = this.feederOf(name);
      return from === undefined ? [] : [{ feeder: from, receiver: name }];
    });
    for (const link of ended) this.unlink(link.receiver);
    for (const name of moved) this.#seat(name).moves++;
    // At the end already: only another feeder can help.
    if (next === undefined) this.#seat(receiver).refused.add(feeder);
    return { ended, made: next === undefined ? undefined : { feeder: before ?? feeder, receiver: next } };
  }

  #judge(receiver: string, feeder: string, rate: number, others: number): SlowLink['verdict'] | undefined {
    const seat = this.#seat(receiver);
    const holdsUp = this.receiversOf(receiver).length > 0;
    if (holdsUp) return seat.moves < MOST_MOVES ? 'bypass' : 'hopeless';
    // Nobody waits for it. While its feeder is still on the way itself, the feeder may be the slow one.
    if (this.feederOf(feeder) !== undefined) return undefined;
    const leftMs = (this.#size - seat.bytes) / Math.max(rate, Number.EPSILON);
    const usualMs = others > 0 ? this.#size / others : 0;
    if (leftMs <= HOPELESS_MS + 5 * usualMs) return undefined;
    return seat.moves === 0 && this.feederFor(receiver) !== undefined ? 'bypass' : 'hopeless';
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
