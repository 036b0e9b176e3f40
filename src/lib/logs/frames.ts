import { ExitCode } from '../exit-codes.js';
import { HostError } from '../ssh/connect-error.js';

/** The identity of a file on a host: device, inode and birth. `j` is the journal, `-` a list of files. */
export type FileId = string;

/** A frame from the follower of a host; templates/logs/follow.sh. Offsets are in bytes. */
export type Frame =
  | { readonly kind: 'hello'; readonly clockMs: number; readonly zoneMinutes: number }
  | { readonly kind: 'list'; readonly id: '-'; readonly records: Buffer }
  | { readonly kind: 'begun'; readonly id: FileId; readonly at: number }
  | {
      readonly kind: 'data';
      readonly id: FileId;
      readonly from: number;
      readonly bytes: Buffer;
      /** The end of the part that was read. */
      readonly end: number;
      /** For the journal: its cursor or `-`, and whether there is more. */
      readonly cursor: string;
      readonly isMore: boolean;
    }
  | { readonly kind: 'counted'; readonly id: FileId; readonly end: number; readonly lines: number }
  | { readonly kind: 'refused'; readonly id: FileId; readonly why: number };

/** The host does not answer in our script's format: it is given up, and not tried again. */
export class NotOurScriptError extends HostError {}

/** How many bytes outside of frames a host may send in total. */
const MAX_NOISE_BYTES = 1024 * 1024;
const MAX_MARK_BYTES = 4096;
const NEWLINE = 10;
const NUMBER = /^\d{1,15}$/;
const CURSOR = /^[\x21-\x7e]{1,1000}$/;

/**
 * Splits the output of a host into frames. A frame of data is passed on only when it is complete. So after a lost connection no
 * part of a frame was used, and the frame is requested again from its start. Whatever the host sends, at most `maxBytes` of an
 * open frame are kept.
 */
export class FrameReader {
  readonly #host: string;
  readonly #mark: Buffer;
  readonly #maxBytes: () => number;
  /** The end of the input, which may hold the beginning of a mark. */
  #kept: Buffer = Buffer.alloc(0);
  #open: { readonly id: FileId; readonly from: number; readonly maxBytes: number } | undefined;
  #body: Buffer = Buffer.alloc(0);
  #bodyBytes = 0;
  #noiseBytes = 0;

  /** @param maxBytes how much the next expected frame of data may hold */
  constructor(token: string, host: string, maxBytes: () => number) {
    this.#host = host;
    this.#mark = Buffer.from(`\u001e${token} `);
    this.#maxBytes = maxBytes;
  }

  /**
   * Each frame is passed on before the next one is parsed, so that maxBytes is called again for the next one.
   *
   * @throws {NotOurScriptError} when the output is not from our script; errors as `take`
   */
  read(chunk: Buffer, take: (frame: Frame) => void): void {
    let rest = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk]);
    for (;;) {
      const at = rest.indexOf(this.#mark);
      const lineEnd = at === -1 ? -1 : rest.indexOf(NEWLINE, at);
      const before = rest.subarray(0, at === -1 ? Math.max(0, rest.length - this.#mark.length + 1) : at);
      if (lineEnd === -1) {
        this.#hold(before);
        if (rest.length - before.length > MAX_MARK_BYTES) throw this.fault('it sends a mark without an end');
        this.#kept = Buffer.from(rest.subarray(before.length));
        return;
      }
      const words = rest.toString('latin1', at + this.#mark.length, lineEnd).split(' ');
      const frame = this.#frame(words, before);
      if (frame !== undefined) take(frame);
      rest = rest.subarray(lineEnd + 1);
    }
  }

  fault(what: string): NotOurScriptError {
    return new NotOurScriptError(
      this.#host,
      `${this.#host}: it does not answer as asked: ${what}`,
      ExitCode.failed,
    );
  }

  #frame([verb = '', id = '', ...rest]: readonly string[], before: Buffer): Frame | undefined {
    if (verb === 'E') return this.#end(id, rest, before);
    this.#hold(before);
    if (this.#open !== undefined) throw this.fault('it begins before it has ended');
    switch (verb) {
      case 'H':
        return { kind: 'hello', clockMs: Number(id) * 1000 || 0, zoneMinutes: minutesOf(rest[0] ?? '') };
      case 'L':
        this.#open = { id: '-', from: 0, maxBytes: this.#maxBytes() };
        return undefined;
      case 'D':
        this.#open = { id, from: this.#number(rest[0]), maxBytes: this.#maxBytes() };
        return undefined;
      case 'B':
        return { kind: 'begun', id, at: this.#number(rest[0]) };
      case 'S':
        return { kind: 'counted', id, end: this.#number(rest[0]), lines: this.#number(rest[1]) };
      case 'R':
        return { kind: 'refused', id, why: this.#number(rest[0]) };
      default:
        throw this.fault(`it says ${JSON.stringify([verb, id, ...rest].join(' '))}`);
    }
  }

  #end(id: FileId, [end, cursor = '-', more]: readonly string[], before: Buffer): Frame {
    const open = this.#open;
    if (open?.id !== id) throw this.fault('it ends what it did not begin');
    // Usually a frame is in one chunk, and need not be copied.
    if (this.#bodyBytes > 0 || before.length > open.maxBytes) this.#hold(before);
    const bytes = this.#bodyBytes > 0 ? this.#body.subarray(0, this.#bodyBytes) : before;
    this.#open = undefined;
    this.#body = Buffer.alloc(0);
    this.#bodyBytes = 0;
    if (id === '-') return { kind: 'list', id, records: bytes };
    if (!CURSOR.test(cursor)) throw this.fault('its cursor is none');
    return { kind: 'data', id, from: open.from, bytes, end: this.#number(end), cursor, isMore: more === '1' };
  }

  #number(word: string | undefined): number {
    if (word === undefined || !NUMBER.test(word))
      throw this.fault(`${JSON.stringify(word ?? '')} is no number`);
    return Number(word);
  }

  /** Takes the bytes before a mark: they belong to the open frame, or are noise. */
  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#open === undefined) {
      this.#noiseBytes += bytes.length;
      if (this.#noiseBytes > MAX_NOISE_BYTES) throw this.fault('what it sends has no marks');
      return;
    }
    const size = this.#bodyBytes + bytes.length;
    if (size > this.#open.maxBytes) throw this.fault('it sends more than it was asked for');
    if (size > this.#body.length) {
      const body = Buffer.allocUnsafe(Math.max(2 * this.#body.length, size));
      this.#body.copy(body, 0, 0, this.#bodyBytes);
      this.#body = body;
    }
    bytes.copy(this.#body, this.#bodyBytes);
    this.#bodyBytes = size;
  }
}

/** `+0530` as 330; 0 when it is no zone. */
export function minutesOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? [];
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -size : size;
}
