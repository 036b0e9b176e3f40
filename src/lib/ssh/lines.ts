/** One line that a host sent. A line longer than the limit is cut; cutBytes says by how much. */
export interface RawLine {
  readonly text: string;
  readonly cutBytes: number;
}

/** How much of a line is kept by default, in bytes. */
export const MAX_LINE_BYTES = 16 * 1024;

const NEWLINE = 10;

/**
 * Cuts the output of a host into lines. A host may send without end and without newline: at most `maxBytes` of each line are
 * kept, so memory is bounded.
 */
export class LineCutter {
  readonly #maxBytes: number;
  #head: Buffer = Buffer.alloc(0);
  #headBytes = 0;

  constructor(maxBytes = MAX_LINE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of the line that has not ended yet. */
  get openBytes(): number {
    return this.#headBytes;
  }

  /** The lines that these bytes complete. */
  cut(bytes: Buffer): RawLine[] {
    const last = bytes.lastIndexOf(NEWLINE);
    if (last === -1) {
      this.#hold(bytes);
      return [];
    }
    const lines: RawLine[] = [];
    let from = 0;
    if (this.#headBytes > 0) {
      from = bytes.indexOf(NEWLINE) + 1;
      this.#hold(bytes.subarray(0, from - 1));
      lines.push(this.#take());
    }
    if (last >= from) cutWhole(bytes.subarray(from, last), lines, this.#maxBytes);
    this.#hold(bytes.subarray(last + 1));
    return lines;
  }

  /** The line that has not ended, as it is. */
  rest(): RawLine | undefined {
    return this.#headBytes === 0 ? undefined : this.#take();
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const room = this.#maxBytes - this.#head.length;
    // Copied, because the bytes are a view of a larger buffer.
    if (room > 0) this.#head = Buffer.concat([this.#head, bytes.subarray(0, room)]);
    this.#headBytes += bytes.length;
  }

  #take(): RawLine {
    const line = {
      text: withoutReturn(this.#head.toString('utf8')),
      cutBytes: this.#headBytes - this.#head.length,
    };
    this.#head = Buffer.alloc(0);
    this.#headBytes = 0;
    return line;
  }
}

/** Bytes of whole lines, without the end of the last. Decoding them together is what makes it fast. */
function cutWhole(bytes: Buffer, lines: RawLine[], maxBytes: number): void {
  for (const text of bytes.toString('utf8').split('\n')) {
    if (text.length <= maxBytes / 4) lines.push({ text: withoutReturn(text), cutBytes: 0 });
    else lines.push(cutLong(text, maxBytes));
  }
}

function cutLong(text: string, maxBytes: number): RawLine {
  const all = Buffer.from(text);
  if (all.length <= maxBytes) return { text: withoutReturn(text), cutBytes: 0 };
  return { text: all.toString('utf8', 0, maxBytes), cutBytes: all.length - maxBytes };
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
