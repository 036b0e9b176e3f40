/** An item to merge: `key` is the time when it was written, in milliseconds of one clock. */
export interface Keyed {
  readonly key: number;
}

export interface MergeOptions<T extends Keyed> {
  /** How long a line waits for older lines of other streams, in milliseconds after it came. */
  readonly windowMs: number;
  /** How long other streams wait for a stream that is known to have more old lines. */
  readonly patienceMs: number;
  /** When more lines than this wait, the oldest are output early. */
  readonly maxLines: number;
  /** Called for a line that comes out after newer lines, with the difference in milliseconds. */
  readonly onLate?: (line: T, lateMs: number) => void;
}

/** Lines of one file of one host. Their order is never changed. */
export interface MergeStream<T extends Keyed> {
  /** How many lines wait. */
  readonly waiting: number;
  /** Adds lines in the order in which they were written. A key lower than the key of the line before counts as equal to it. */
  add(lines: readonly T[], nowMs: number): void;
  /**
   * Sets whether older lines are still to come: other streams wait for them, up to patienceMs after this stream was last heard.
   */
  expectMore(isExpected: boolean, nowMs: number): void;
}

interface Waiting<T> {
  readonly line: T;
  readonly key: number;
  readonly cameMs: number;
}

class Stream<T extends Keyed> implements MergeStream<T> {
  readonly queue: Waiting<T>[] = [];
  head = 0;
  /** From this index on no line is due yet. */
  scan = 0;
  lastKey = Number.NEGATIVE_INFINITY;
  heardMs = 0;
  isExpected = false;
  readonly #count: (lines: number) => void;
  readonly index: number;

  constructor(index: number, count: (lines: number) => void) {
    this.index = index;
    this.#count = count;
  }

  get waiting(): number {
    return this.queue.length - this.head;
  }

  add(lines: readonly T[], nowMs: number): void {
    this.heardMs = nowMs;
    this.#count(lines.length);
    for (const line of lines) {
      if (line.key > this.lastKey) this.lastKey = line.key;
      this.queue.push({ line, key: this.lastKey, cameMs: nowMs });
    }
  }

  expectMore(isExpected: boolean, nowMs: number): void {
    this.isExpected = isExpected;
    this.heardMs = nowMs;
  }

  shift(): Waiting<T> | undefined {
    const first = this.queue[this.head];
    if (first === undefined) return undefined;
    this.head++;
    if (this.head === this.queue.length) {
      this.queue.length = 0;
      this.head = 0;
      this.scan = 0;
    } else if (this.head > 1024 && this.head * 2 > this.queue.length) {
      this.queue.splice(0, this.head);
      this.scan = Math.max(0, this.scan - this.head);
      this.head = 0;
    }
    return first;
  }
}

/**
 * Merges streams by time. A line is due when its window is over. All older lines that have come go out before it. So lines are in
 * order if they came within the window of each other, or were expected from a stream. Only the arrival time and the patience
 * limit the wait: a wrong clock cannot hold a line back.
 */
export class Merge<T extends Keyed> {
  readonly #options: MergeOptions<T>;
  readonly #streams: Stream<T>[] = [];
  #waiting = 0;
  /** The highest key so far in the output. */
  #givenKey = Number.NEGATIVE_INFINITY;

  constructor(options: MergeOptions<T>) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting;
  }

  open(): MergeStream<T> {
    const stream = new Stream<T>(this.#streams.length, (lines) => {
      this.#waiting += lines;
    });
    this.#streams.push(stream);
    return stream;
  }

  /** The lines that are due, in order; all lines with `isLast`. */
  take(nowMs: number, isLast = false): T[] {
    const dueKey = isLast ? Number.POSITIVE_INFINITY : this.#dueKey(nowMs);
    const safeKey = isLast ? Number.POSITIVE_INFINITY : this.#safeKey(nowMs);
    const tooMany = isLast ? this.#waiting : this.#waiting - this.#options.maxLines;
    const heap = this.#heads();
    const taken: T[] = [];
    for (let stream = heap[0]; stream !== undefined; stream = heap[0]) {
      const key = stream.queue[stream.head]?.key ?? Number.POSITIVE_INFINITY;
      if ((key > dueKey || key > safeKey) && taken.length >= tooMany) break;
      const first = stream.shift();
      if (first !== undefined) {
        taken.push(first.line);
        if (key < this.#givenKey) this.#options.onLate?.(first.line, this.#givenKey - key);
        else this.#givenKey = key;
      }
      if (stream.waiting === 0) {
        const last = heap.pop();
        if (last !== undefined && last !== stream) heap[0] = last;
      }
      sink(heap, 0);
    }
    this.#waiting -= taken.length;
    return taken;
  }

  /** The highest key of the lines whose window is over. */
  #dueKey(nowMs: number): number {
    const cameBy = nowMs - this.#options.windowMs;
    let due = Number.NEGATIVE_INFINITY;
    for (const stream of this.#streams) {
      const { queue } = stream;
      if (stream.scan < stream.head) stream.scan = stream.head;
      let next = queue[stream.scan];
      while (next !== undefined && next.cameMs <= cameBy) next = queue[++stream.scan];
      const last = stream.scan > stream.head ? queue[stream.scan - 1] : undefined;
      if (last !== undefined && last.key > due) due = last.key;
    }
    return due;
  }

  /** Streams that are behind can have no lines older than this key. */
  #safeKey(nowMs: number): number {
    const heardSince = nowMs - this.#options.patienceMs;
    let safe = Number.POSITIVE_INFINITY;
    for (const { isExpected, heardMs, lastKey } of this.#streams)
      if (isExpected && heardMs > heardSince && lastKey < safe) safe = lastKey;
    return safe;
  }

  #heads(): Stream<T>[] {
    const heap = this.#streams.filter(({ waiting }) => waiting > 0);
    for (let index = (heap.length >> 1) - 1; index >= 0; index--) sink(heap, index);
    return heap;
  }
}

function sink<T extends Keyed>(heap: Stream<T>[], from: number): void {
  let index = from;
  const stream = heap[index];
  if (stream === undefined) return;
  for (;;) {
    const left = 2 * index + 1;
    const right = heap[left + 1];
    let least = heap[left];
    let at = left;
    if (least !== undefined && right !== undefined && isBefore(right, least)) {
      least = right;
      at = left + 1;
    }
    if (least === undefined || !isBefore(least, stream)) break;
    heap[index] = least;
    index = at;
  }
  heap[index] = stream;
}

function isBefore<T extends Keyed>(a: Stream<T>, b: Stream<T>): boolean {
  const keyA = a.queue[a.head]?.key ?? Number.POSITIVE_INFINITY;
  const keyB = b.queue[b.head]?.key ?? Number.POSITIVE_INFINITY;
  // For equal times, the lines of a stream stay together.
  return keyA < keyB || (keyA === keyB && a.index < b.index);
}
