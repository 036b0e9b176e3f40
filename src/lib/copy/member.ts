import { PassThrough } from 'node:stream';
import type { Host } from '../names/host.js';
import { howItEnded } from '../run/remote.js';
import { StepFailure } from '../run/step-handler.js';
import { LineCutter } from '../ssh/lines.js';
import type { CommandResult, Session } from '../ssh/transport.js';
import { NoMember } from './faults.js';
import { type MemberRole, type MemberWork, memberCommand } from './member-command.js';
import { type FeedEnd, MOST_LINE_BYTES, parseSaid, type Said } from './member-words.js';
import { newSpool } from './place.js';
import { settleable } from './settleable.js';

/** Receives what members report. A member is trusted about itself and about the links that it feeds, not about other hosts. */
export interface MemberListener {
  onBytes(member: Member, bytes: number): void;
  /** How much of the archive has gone into the link to a receiver. */
  onGiven(member: Member, receiver: string, bytes: number): void;
  onFeedEnd(member: Member, end: FeedEnd): void;
}

/** Well below 20 seconds: a member that hears nothing for that long removes everything and ends. */
const BEAT_MS = 5000;
const END_MS = 8000;
const READY_MS = 60_000;
/** The digest is made while the archive comes. The rest of that work at the end takes no longer than this. */
const SUM_MS = 60_000;
const SUM_BYTES_PER_MS = 20_000;
/** A member sends one line for each question, two a second. A member that sends more than this is flooding. */
const MOST_BYTES = 65_536;
const MOST_BYTES_PER_S = 16_384;

/**
 * A host of a chain, and the process there that receives, keeps and forwards the archive (templates/copy/member.sh). It lives
 * until end(), until the host or its link fails, or until it says something impossible.
 */
export class Member {
  readonly #ready = settleable<void>();
  readonly #received = settleable<string>();
  readonly host: Host;
  readonly session: Session;
  /** Folder on the host that belongs to this member alone. */
  readonly spool: string;
  /** Resolves when the member can feed and be fed. Rejects if the member ends, or says nothing, before that. */
  readonly ready = this.#ready.promise;
  /** Resolves with the digest of the archive when all of it has arrived. Rejects if the member ends before that. */
  readonly received = this.#received.promise;
  /** Resolves when the process on the host has ended in any way, with the reason; never rejects. */
  readonly over: Promise<unknown>;
  readonly size: number;
  readonly #role: MemberRole;
  #state: 'starting' | 'ready' | 'over' = 'starting';
  #bytes = 0;
  readonly #input = new PassThrough();
  readonly #listener: MemberListener;
  readonly #timer: NodeJS.Timeout;
  #deadline: NodeJS.Timeout | undefined;
  readonly #cut = new AbortController();
  readonly #lines = new LineCutter(MOST_LINE_BYTES);
  readonly #startedMs = performance.now();
  #heardBytes = 0;

  constructor(host: Host, session: Session, role: MemberRole, work: MemberWork, listener: MemberListener) {
    this.host = host;
    this.session = session;
    this.spool = newSpool(work.operation);
    this.size = work.packed.bytes;
    this.#role = role;
    this.#listener = listener;
    this.over = session
      .run(memberCommand(this.spool, role, work), {
        stdin: this.#input,
        onStdout: (chunk) => this.#read(chunk),
        signal: this.#cut.signal,
      })
      .then(
        (result) => this.#end(earlyEnd(result)),
        (error) => this.#end(error),
      );
    this.#send('key', Buffer.from(work.keys.private).toString('base64'));
    this.#send('public', work.keys.public);
    this.#timer = setInterval(() => this.#send('beat'), BEAT_MS).unref();
    this.#within(READY_MS, 'does not begin');
  }

  get name(): string {
    return this.host.name;
  }

  /** Feeds another member from the offset that it has reached; the listener is told how the feed ended. */
  feed(receiver: Member): void {
    const { name, ssh } = receiver.host;
    this.#send('feed', name, ssh.user, ssh.address, String(ssh.port), receiver.session.hostKey);
  }

  /** Asks how much the member has, or how much the template has given; the listener hears the answer. */
  askSize(): void {
    if (this.#state === 'ready') this.#send('size');
  }

  halt(receiver: Member): void {
    this.#send('halt', receiver.name);
  }

  /** Has the member remove everything that it put on the host, and waits for that up to a limit. */
  async end(): Promise<void> {
    this.#input.end();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, END_MS);
    });
    await Promise.race([this.over, patience]);
    clearTimeout(timer);
    // A member that does not end now is ended by its own timeout.
    this.#cut.abort();
  }

  /** Every word was checked (a name, an address, a key) and holds no blank. */
  #send(...words: readonly string[]): void {
    if (this.#state !== 'over' && !this.#input.writableEnded) this.#input.write(`${words.join(' ')}\n`);
  }

  #read(chunk: Buffer): void {
    this.#heardBytes += chunk.length;
    const seconds = (performance.now() - this.#startedMs) / 1000;
    if (this.#heardBytes > MOST_BYTES + seconds * MOST_BYTES_PER_S) {
      this.#giveUp('says more than anybody asked for');
      return;
    }
    for (const { text } of this.#lines.cut(chunk)) {
      const said = parseSaid(text);
      if (said !== undefined && this.#state !== 'over') this.#hear(said);
    }
  }

  #hear(said: Said): void {
    if (said.kind === 'ready') this.#heardReady();
    else if (said.kind === 'fed') this.#listener.onFeedEnd(this, said.end);
    else if (this.#role !== 'receiver') {
      if (said.kind === 'gave') this.#listener.onGiven(this, said.receiver, said.bytes);
    } else if (said.kind === 'bytes') this.#heardSize(said.bytes);
    else if (said.kind === 'sum') this.#heardSum(said.digest);
    else if (said.kind === 'broken') this.#received.reject(new StepFailure('failed', said.words));
    else if (said.kind === 'unable') this.#ready.reject(new NoMember(said.words));
  }

  #heardReady(): void {
    if (this.#state !== 'starting') return;
    this.#state = 'ready';
    clearTimeout(this.#deadline);
    this.#ready.resolve();
  }

  #heardSize(bytes: number): void {
    if (bytes > this.size) this.#giveUp(`says that it has ${bytes} of ${this.size} bytes`);
    if (bytes > this.size || bytes < this.#bytes) return;
    if (bytes === this.size && this.#bytes < this.size)
      this.#within(SUM_MS + this.size / SUM_BYTES_PER_MS, 'has all and does not say what');
    this.#bytes = bytes;
    this.#listener.onBytes(this, bytes);
  }

  #heardSum(digest: string): void {
    this.#bytes = this.size;
    clearTimeout(this.#deadline);
    this.#received.resolve(digest);
    // The key is removed with the last byte; the host does that at the next word it hears.
    this.#send('beat');
  }

  /** Ends the member if what it has to say does not come within this time. A new deadline replaces the one before. */
  #within(ms: number, otherwise: string): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(
      () => this.#giveUp(`${otherwise}, for ${Math.round(ms / 1000)} s`),
      ms,
    ).unref();
  }

  #giveUp(words: string): void {
    this.#cut.abort(new StepFailure('failed', `its process of the copy ${words}`));
  }

  #end(error: unknown): unknown {
    this.#state = 'over';
    clearInterval(this.#timer);
    clearTimeout(this.#deadline);
    this.#ready.reject(error);
    this.#received.reject(error);
    return error;
  }
}

function earlyEnd(result: CommandResult): StepFailure {
  return new StepFailure('failed', `its process of the copy ${howItEnded(result)}`);
}
