import { ExitCode } from '../exit-codes.js';
import { HostError } from '../ssh/connect-error.js';

/** A file as it is known on a host: device, inode and birth. `journal` is the journal. */
export type FileId = string;

/** What the script on a host says; templates/logs/follow.sh. Offsets are in bytes. */
export type Frame =
  | { readonly kind: 'hello'; readonly clockMs: number; readonly zoneMinutes: number }
  | {
      readonly kind: 'data';
      readonly id: FileId;
      readonly offset: number;
      readonly path: string;
      readonly bytes: Buffer;
      readonly end: string;
    }
  | { readonly kind: 'skipped'; readonly id: FileId; readonly offset: number; readonly lines: number }
  | { readonly kind: 'notice'; readonly what: string; readonly offset: number; readonly path: string }
  | { readonly kind: 'forgotten'; readonly id: FileId }
  | { readonly kind: 'polled'; readonly more: boolean };

/** More than the longest chunk of a file; a host that sends so much without a mark does not run our script. */
const MAX_BYTES = 64 * 1024 * 1024;
const NEWLINE = 10;

interface OpenData {
  readonly id: FileId;
  readonly offset: number;
  readonly path: string;
}

/**
 * Cuts what a host sends into frames. A frame of data is given out when it is whole, so that a link that breaks in the
 * middle of one leaves nothing half taken: it is asked for again from where it began.
 */
export class FrameReader {
  readonly #host: string;
  readonly #mark: Buffer;
  #buffer: Buffer = Buffer.alloc(0);
  #searchFrom = 0;
  #open: OpenData | undefined;

  constructor(token: string, host: string) {
    this.#host = host;
    this.#mark = Buffer.from(`\u001e${token} `);
  }

  /** @throws {HostError} when this is not what our script says */
  read(chunk: Buffer): Frame[] {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const at = this.#buffer.indexOf(this.#mark, this.#searchFrom);
      const lineEnd = at === -1 ? -1 : this.#buffer.indexOf(NEWLINE, at);
      if (lineEnd === -1) {
        this.#searchFrom = at === -1 ? Math.max(0, this.#buffer.length - this.#mark.length) : at;
        if (this.#buffer.length > MAX_BYTES) throw this.#fault('what it sends has no marks');
        return frames;
      }
      const words = this.#buffer.toString('utf8', at + this.#mark.length, lineEnd);
      const frame = this.#frame(words, this.#buffer.subarray(0, at));
      this.#buffer = this.#buffer.subarray(lineEnd + 1);
      this.#searchFrom = 0;
      if (frame !== undefined) frames.push(frame);
    }
  }

  #frame(line: string, before: Buffer): Frame | undefined {
    const [verb = '', first = '', second = ''] = line.split(' ', 3);
    const rest = line.slice(verb.length + first.length + second.length + 3);
    switch (verb) {
      case 'H':
        return { kind: 'hello', clockMs: Number(first) * 1000, zoneMinutes: minutesOf(second) };
      case 'D':
        this.#open = { id: first, offset: Number(second), path: rest };
        return undefined;
      case 'E':
        return this.#data(first, `${second} ${rest}`, before);
      case 'S':
        return { kind: 'skipped', id: first, offset: Number(second), lines: Number(rest) };
      case 'N':
        return { kind: 'notice', what: first, offset: Number(second), path: rest };
      case 'F':
        return { kind: 'forgotten', id: first };
      case 'P':
        return { kind: 'polled', more: first === '1' };
      default:
        throw this.#fault(`it says ${JSON.stringify(line.slice(0, 40))}`);
    }
  }

  #data(id: FileId, end: string, bytes: Buffer): Frame {
    const open = this.#open;
    this.#open = undefined;
    if (open?.id !== id) throw this.#fault('it ends what it did not begin');
    return { kind: 'data', ...open, bytes, end };
  }

  #fault(what: string): HostError {
    return new HostError(this.#host, `${this.#host}: ${what}`, ExitCode.failed);
  }
}

/** `+0530` */
function minutesOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? [];
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -size : size;
}
