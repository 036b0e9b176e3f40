interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

const KEPT_MS = 10_000;
/** The rates of the others are kept for longer, so that the last member can be compared with them twice (judge.ts). */
const STANDARD_MS = 25_000;

/** How fast each member receives, from its reports about once a second. Times are of one monotonic clock, in milliseconds. */
export class Pace {
  readonly #samples = new Map<string, Sample[]>();
  #fastest: { readonly name: string; readonly atMs: number; readonly bytesPerMs: number }[] = [];

  /** How many bytes a member has now. `windowMs` is the period over which rates are measured. */
  add(name: string, bytes: number, nowMs: number, windowMs: number): void {
    const samples = this.#samples.get(name) ?? [];
    samples.push({ atMs: nowMs, bytes });
    this.#samples.set(
      name,
      samples.filter(({ atMs }) => atMs > nowMs - KEPT_MS),
    );
    const first = samples[0];
    // A burst from a buffer is no measure of the rate.
    if (first === undefined || nowMs - first.atMs < windowMs) return;
    this.#fastest = this.#fastest.filter(({ atMs }) => atMs > nowMs - STANDARD_MS);
    this.#fastest.push({ name, atMs: nowMs, bytesPerMs: this.rate(name, nowMs, windowMs) });
  }

  /** Bytes per millisecond that a member received in the last window; 0 if it reported nothing. */
  rate(name: string, nowMs: number, windowMs: number): number {
    const samples = this.#samples.get(name) ?? [];
    const last = samples.at(-1);
    const before = samples.findLast(({ atMs }) => atMs <= nowMs - windowMs) ?? samples[0];
    if (last === undefined || before === undefined || last === before) return 0;
    return (last.bytes - before.bytes) / Math.max(nowMs - before.atMs, windowMs / 2);
  }

  /**
   * How much a member had at that time, as far as it had reported by then. Ten seconds are kept. Undefined for a member that
   * has not reported.
   */
  bytesThen(name: string, atMs: number): number | undefined {
    const samples = this.#samples.get(name) ?? [];
    return (samples.findLast((sample) => sample.atMs <= atMs) ?? samples[0])?.bytes;
  }

  /** The rate of the fastest other member in the last 25 seconds, in bytes per millisecond. */
  fastestBeside(name: string, nowMs: number): number {
    const rates = this.#fastest.filter((each) => each.name !== name && each.atMs > nowMs - STANDARD_MS);
    return Math.max(0, ...rates.map(({ bytesPerMs }) => bytesPerMs));
  }

  forget(name: string): void {
    this.#samples.delete(name);
  }
}
