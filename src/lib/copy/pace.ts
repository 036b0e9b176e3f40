interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

const KEPT_MS = 10_000;
/** What the others could do is remembered for longer, so that the last one can be judged twice beside them (judge.ts). */
const STANDARD_MS = 25_000;

/** How fast each member receives, from what it tells about once a second. Times are of one monotonic clock, in milliseconds. */
export class Pace {
  readonly #samples = new Map<string, Sample[]>();
  #fastest: { readonly name: string; readonly atMs: number; readonly bytesPerMs: number }[] = [];

  /** A member has so many bytes now. `windowMs` is what rates are measured over. */
  add(name: string, bytes: number, nowMs: number, windowMs: number): void {
    const samples = this.#samples.get(name) ?? [];
    samples.push({ atMs: nowMs, bytes });
    this.#samples.set(
      name,
      samples.filter(({ atMs }) => atMs > nowMs - KEPT_MS),
    );
    const first = samples[0];
    // A burst out of a buffer is no pace.
    if (first === undefined || nowMs - first.atMs < windowMs) return;
    this.#fastest = this.#fastest.filter(({ atMs }) => atMs > nowMs - STANDARD_MS);
    this.#fastest.push({ name, atMs: nowMs, bytesPerMs: this.rate(name, nowMs, windowMs) });
  }

  /** Bytes per millisecond that a member received in the last window; 0 when it told nothing. */
  rate(name: string, nowMs: number, windowMs: number): number {
    const samples = this.#samples.get(name) ?? [];
    const last = samples.at(-1);
    const before = samples.findLast(({ atMs }) => atMs <= nowMs - windowMs) ?? samples[0];
    if (last === undefined || before === undefined || last === before) return 0;
    return (last.bytes - before.bytes) / Math.max(nowMs - before.atMs, windowMs / 2);
  }

  /**
   * What a member had at that time, as far as it had told by then; ten seconds are remembered. Undefined for one of which
   * nothing is known.
   */
  bytesThen(name: string, atMs: number): number | undefined {
    const samples = this.#samples.get(name) ?? [];
    return (samples.findLast((sample) => sample.atMs <= atMs) ?? samples[0])?.bytes;
  }

  /** The fastest of all members but one in the last 25 seconds, in bytes per millisecond. */
  fastestBeside(name: string, nowMs: number): number {
    const rates = this.#fastest.filter((each) => each.name !== name && each.atMs > nowMs - STANDARD_MS);
    return Math.max(0, ...rates.map(({ bytesPerMs }) => bytesPerMs));
  }

  forget(name: string): void {
    this.#samples.delete(name);
  }
}
