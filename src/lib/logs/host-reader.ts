import type { RawLine } from '../ssh/lines.js';
import type { Ask } from './ask.js';
import type { Conversation } from './conversation.js';
import { noticeText } from './file-notice.js';
import { MAX_FOLLOWED } from './follow-command.js';
import { FollowedFiles } from './followed-files.js';
import type { Frame } from './frames.js';
import { JournalPosition } from './journal-position.js';
import { firstOf } from './left-out.js';
import { type Listing, ListingReader, oddText, tooManyText } from './listing.js';
import type { Progress } from './pace.js';
import { shownPath } from './remote-path.js';
import { type HostLogs, logOf } from './sources.js';
import type { TailRequest } from './tail-request.js';

/**
 * How many bytes of a file are read at a time. With a filter the host reads more, because most of it stays there. And how many
 * chunks in a round.
 */
const CHUNK_BYTES = 128 * 1024;
const FILTERED_CHUNK_BYTES = 1024 * 1024;
const ROUND_CHUNKS = 16;
/** How often files that were left out or missing are looked for again. */
const LOOK_MS = 10_000;
/** After this time without a look, a file may be another one with the same name and identity. */
const UNWATCHED_MS = 5000;

export interface ReaderEvents {
  lines(source: { readonly path: string } | { readonly unit: string }, lines: readonly RawLine[]): void;
  /** No more lines of a log, or of a journal by its unit, are wanted now. */
  isFull(source: string): boolean;
  skipped(lines: number): void;
  tell(message: string): void;
  /** A requested log does not exist. */
  missing(message: string): void;
}

/** Reads new lines in the logs of one host, round by round, over any number of conversations. */
export class HostReader {
  readonly files: FollowedFiles;
  readonly #logs: HostLogs;
  readonly #request: TailRequest;
  readonly #events: ReaderEvents;
  readonly #isFiltered: boolean;
  readonly #journal = new JournalPosition();
  readonly #missing = new Set<string>();
  /** Names about which a message was given. */
  readonly #told = new Set<string>();
  #talk: Conversation | undefined;
  #lookedMs = 0;
  #roundMs = 0;
  #isBlind = false;
  #hasJournalBegun = false;
  #hasJournalMore = false;
  /** Not everything from the list before the last one was read. */
  #wasBehind = false;

  constructor(logs: HostLogs, request: TailRequest, events: ReaderEvents) {
    this.#logs = logs;
    this.#request = request;
    this.#events = events;
    const { grep, exclude } = request.filter;
    this.#isFiltered = grep.length + exclude.length > 0;
    const chunkBytes = this.#isFiltered ? FILTERED_CHUNK_BYTES : CHUNK_BYTES;
    const lastLines = request.sinceMs === undefined ? request.lastLines : 'all';
    this.files = new FollowedFiles({ chunkBytes, roundBytes: ROUND_CHUNKS * chunkBytes, lastLines });
  }

  /** True when none of the requested logs existed at the first look. */
  get hasNothing(): boolean {
    const { files, journal } = this.#logs.sources;
    return this.#missing.size === files.length + (journal === undefined ? 0 : 1);
  }

  /** True when some of the requested logs could not be looked for. */
  get isBlind(): boolean {
    return this.#isBlind;
  }

  /** Logs by their paths, and the journal by its unit, that were not read to their end. */
  get behind(): ReadonlySet<string> {
    const { journal } = this.#logs.sources;
    return new Set([
      ...this.files.behind().map(logOf),
      ...(this.#hasJournalMore && journal !== undefined ? [journal] : []),
    ]);
  }

  linkLost(): void {
    this.files.linkLost();
  }

  /**
   * Reads a part of the new lines, or skips and counts them. Errors as Conversation.
   *
   * @returns undefined when the follower has ended
   */
  async round(talk: Conversation, isSkipping: boolean): Promise<Progress | undefined> {
    const isFirst = talk !== this.#talk;
    this.#talk = talk;
    const { files, journal } = this.#logs.sources;
    const nowMs = Date.now();
    const isWhole = isFirst || this.files.wantsAll || nowMs - this.#lookedMs > LOOK_MS;
    if (nowMs - this.#lookedMs > LOOK_MS) this.files.tryAgain();
    if (isWhole) this.#lookedMs = nowMs;
    if (nowMs - this.#roundMs > UNWATCHED_MS) this.files.doubt();
    this.#roundMs = nowMs;
    const asks: Ask[] = isFirst
      ? []
      : isSkipping
        ? this.files.skips()
        : this.files.asks((log) => this.#events.isFull(logOf(log)));
    if (files.length > 0) asks.push({ kind: 'list', isWhole });
    if (journal !== undefined && !isSkipping && !this.#events.isFull(journal))
      asks.push(this.#journal.ask(this.#where()));
    await talk.ask(asks, (frame, ask) => this.#take(frame, ask, isFirst));
    const { user } = this.#logs.host.ssh;
    for (const notice of this.files.notices())
      if (notice.what !== 'left-out') this.#events.tell(noticeText(notice, user));
      else this.#tellOnce(notice.path, noticeText(notice, user));
    if (talk.isOver) return undefined;
    if (this.#hasJournalMore || this.#wasBehind) return 'behind';
    return files.length > 0 && this.files.hasMore ? 'known' : 'all';
  }

  #where(): { lines: number } | { sinceSeconds: number } | undefined {
    const { sinceMs, lastLines } = this.#request;
    if (sinceMs !== undefined) return { sinceSeconds: Math.floor(sinceMs / 1000) };
    return this.#hasJournalBegun ? undefined : { lines: lastLines };
  }

  #take(frame: Frame, ask: Ask, isFirst: boolean): void {
    switch (frame.kind) {
      case 'list':
        this.#listed(frame.records, ask.kind === 'list' && ask.isWhole, isFirst);
        break;
      case 'begun':
        this.files.begun(frame.id, frame.at);
        break;
      case 'counted':
        this.files.get(frame.id)?.moveTo(frame.end);
        this.#events.skipped(frame.lines);
        break;
      case 'refused':
        if (ask.kind === 'journal') this.#hasJournalMore = false;
        else if (ask.kind === 'head') this.files.headRead(frame.id, undefined);
        else this.files.refused(frame.id, frame.why);
        break;
      case 'data':
        if (ask.kind === 'journal') this.#journalRead(frame);
        else if (ask.kind === 'head') this.files.headRead(frame.id, frame.bytes);
        else this.#fileRead(frame);
        break;
    }
  }

  #listed(records: Buffer, isWhole: boolean, isFirst: boolean): void {
    const { files } = this.#logs.sources;
    this.#wasBehind = this.files.hasMore;
    const listing = new ListingReader(files, MAX_FOLLOWED).read(records);
    this.files.listed(listing, isWhole);
    if (isFirst) this.#missed(listing);
    for (const [pattern, names] of listing.tooMany)
      this.#tellOnce(pattern, tooManyText(pattern, names, MAX_FOLLOWED));
    const odd = listing.odd.filter(({ path }) => !this.#told.has(path));
    for (const { path } of odd) this.#told.add(path);
    for (const message of firstOf(odd.map(oddText))) this.#events.tell(message);
  }

  #missed({ nameless, hidden }: Listing): void {
    for (const [pattern, why] of hidden) {
      this.#missing.add(pattern);
      this.#isBlind = true;
      this.#tellOnce(pattern, why);
    }
    for (const pattern of nameless) {
      if (!this.#missing.has(pattern)) this.#events.missing(`there is no ${shownPath(pattern)}`);
      this.#missing.add(pattern);
    }
  }

  #fileRead({ id, from, bytes, end }: Extract<Frame, { kind: 'data' }>): void {
    const file = this.files.get(id);
    if (file === undefined || file.at !== from) return;
    const lines = file.take(bytes, this.#isFiltered ? end : undefined);
    this.files.wasRead(file, from, this.#isFiltered ? end : from + bytes.length);
    this.#events.lines({ path: file.log }, lines);
  }

  #journalRead({ bytes, cursor, end, isMore }: Extract<Frame, { kind: 'data' }>): void {
    const unit = this.#logs.sources.journal ?? '';
    this.#hasJournalBegun = true;
    this.#events.lines({ unit }, this.#journal.take(bytes, cursor, end));
    if (this.#journal.isEmpty && !this.#missing.has(unit)) {
      this.#missing.add(unit);
      this.#events.missing(`the journal of ${unit} has no entries`);
    }
    this.#hasJournalMore = isMore;
  }

  #tellOnce(path: string, message: string): void {
    if (this.#told.has(path)) return;
    this.#told.add(path);
    this.#events.tell(message);
  }
}
