import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { sentenceOf } from '../errors.js';
import { ConnectError, HostError, LinkLostError, reasonOf } from '../ssh/connect-error.js';
import type { RawLine } from '../ssh/lines.js';
import type { Session } from '../ssh/transport.js';
import { followCommand, requireSound } from './follow-command.js';
import { type Frame, FrameReader } from './frames.js';
import { HostStreams } from './host-streams.js';
import type { LogStream } from './log-stream.js';
import { aboutMinutes, noticeText } from './notice-text.js';
import { Pace } from './pace.js';
import { Positions } from './positions.js';
import { seekSince } from './seek.js';
import { type HostLogs, logOf } from './sources.js';
import type { HostTailTools, TailEnd, TailRequest } from './tail-request.js';
import { Talk } from './talk.js';
import type { ClockContext } from './timestamps.js';

/** Pauses between tries to reach a host, in milliseconds. */
const RETRY_MS = [500, 1000, 2000, 5000];
/** A clock is said to be off, and its times are put right, from this on. */
const CLOCK_OFF_MS = 10_000;

/** Follows the logs of one host over as many connections as it takes. */
export class HostTail {
  readonly host: string;
  readonly #logs: HostLogs;
  readonly #request: TailRequest;
  readonly #tools: HostTailTools;
  readonly #positions = new Positions();
  readonly #streams: HostStreams;
  readonly #missing = new Set<string>();
  readonly #pace: Pace;
  #clock: ClockContext = { zoneMinutes: 0, nowMs: Date.now() };
  #aheadMs = 0;
  #wasHeard = false;
  #heardMs = 0;
  #lostMs: number | undefined;

  constructor(logs: HostLogs, request: TailRequest, tools: HostTailTools) {
    this.host = logs.host.name;
    this.#logs = logs;
    this.#request = request;
    this.#tools = tools;
    this.#pace = new Pace(request.maxRate);
    this.#streams = new HostStreams(this.host, request, tools.merge);
  }

  /** True when nothing that was asked for is on this host. */
  get hasNothing(): boolean {
    const { files, journal } = this.#logs.sources;
    return this.#wasHeard && this.#missing.size === files.length + (journal === undefined ? 0 : 1);
  }

  /**
   * Ends at the end of the logs, without `follow`; else when the signal aborts, or when the host is out of the question
   * (a wrong host key, no login).
   *
   * @throws {UsageError} for a pattern that grep does not understand
   */
  async run(): Promise<TailEnd> {
    const { signal } = this.#tools;
    for (let tries = 0; ; tries++) {
      try {
        const session = await this.#tools.connections.session(this.#logs.host, signal);
        if (await this.#follow(session)) return 'read';
        tries = 0;
      } catch (error) {
        if (signal.aborted) return 'read';
        const end = this.#judge(error, tries);
        if (end !== undefined) return end;
      }
      this.#streams.expectMore(false);
      await sleep(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)], undefined, { signal }).catch(
        () => undefined,
      );
      if (signal.aborted) return 'read';
    }
  }

  /** Whether it goes on after an error, and what is said about it. */
  #judge(error: unknown, tries: number): TailEnd | undefined {
    if (!(error instanceof HostError)) throw error;
    const reason = reasonOf(sentenceOf(error), this.#logs.host);
    const passes =
      !(error instanceof ConnectError) || ['unreachable', 'timed-out', 'dropped'].includes(error.failure);
    const goesOn = passes && (this.#request.follow || this.#wasHeard);
    if (this.#wasHeard && this.#lostMs === undefined) {
      this.#lostMs = this.#heardMs;
      this.#tell(
        `${error instanceof LinkLostError ? 'the connection was lost' : reason}; trying to get it back`,
      );
    } else if (tries === 0 || !goesOn) {
      this.#tell(`${reason}${goesOn ? '; trying on' : ''}`);
    }
    this.#positions.linkLost();
    if (goesOn) return undefined;
    this.#streams.expectMore(false);
    return error instanceof ConnectError ? 'unreachable' : 'failed';
  }

  /** One follower on the host, from its start to its end. True when all was read and no more is wanted. */
  async #follow(session: Session): Promise<boolean> {
    const { sources } = this.#logs;
    const request = this.#request;
    const tools = this.#tools;
    if (!this.#wasHeard && request.sinceMs !== undefined)
      await seekSince(session, sources, request, this.#positions, tools.signal);
    const token = randomBytes(9).toString('base64url');
    const frames = new FrameReader(token, this.host);
    const asks = new PassThrough();
    const talk = new Talk(asks);
    this.#pace.restart();
    const command = followCommand(tools.script, {
      token,
      sources,
      filter: request.filter,
      positions: this.#positions,
      lastLines: this.#wasHeard || request.sinceMs !== undefined ? undefined : request.lastLines,
      sinceSeconds: request.sinceMs === undefined ? undefined : Math.floor(request.sinceMs / 1000),
    });
    const take = (chunk: Buffer) => {
      for (const frame of frames.read(chunk)) this.#take(frame, talk);
      this.#heardMs = Date.now();
    };
    const running = session.run(command, { stdin: asks, onStdout: take, signal: tools.signal });
    running.catch(() => undefined).then(() => talk.end());
    await this.#ask(talk);
    const isRead = !talk.isOver;
    if (isRead) asks.end();
    const result = await running;
    requireSound(this.host, result);
    return isRead;
  }

  /** Asks until the follower is over, or without `follow` until it has been read to its end. */
  async #ask(talk: Talk): Promise<void> {
    while (!talk.isOver) {
      if (!this.#request.follow && this.#pace.isLive) return;
      const next = this.#pace.next(Date.now(), this.#streams.waiting);
      if (typeof next === 'number') await talk.pause(next);
      else await talk.ask(next);
    }
  }

  #take(frame: Frame, talk: Talk): void {
    const nowMs = Date.now();
    switch (frame.kind) {
      case 'hello':
        this.#hello(frame, nowMs);
        break;
      case 'data':
        this.#data(frame, nowMs);
        break;
      case 'skipped':
        this.#positions.moveTo(frame.id, frame.offset);
        this.#tools.events.dropped(this.host, frame.lines);
        break;
      case 'notice':
        this.#noticed(frame);
        break;
      case 'forgotten':
        this.#positions.forget(frame.id);
        break;
      case 'polled':
        this.#pace.polled(frame.more, nowMs);
        this.#streams.expectMore(frame.more);
        talk.answered();
    }
  }

  #hello({ clockMs, zoneMinutes }: Extract<Frame, { kind: 'hello' }>, nowMs: number): void {
    const aheadMs = clockMs - nowMs;
    this.#clock = { zoneMinutes, nowMs };
    if (this.#lostMs !== undefined)
      this.#tell(`the connection is back after ${Math.round((nowMs - this.#lostMs) / 1000)} s`);
    else if (!this.#wasHeard && Math.abs(aheadMs) >= CLOCK_OFF_MS) {
      this.#aheadMs = aheadMs;
      this.#tell(`its clock seems to be ${aboutMinutes(aheadMs)}`);
    }
    this.#lostMs = undefined;
    this.#wasHeard = true;
  }

  #data(frame: Extract<Frame, { kind: 'data' }>, nowMs: number): void {
    const { id, path, bytes, end } = frame;
    const isFiltered = this.#request.filter.grep.length + this.#request.filter.exclude.length > 0;
    let lines: RawLine[];
    if (id === 'journal') {
      const [passed = '', cursor = ''] = end.split(' ');
      lines = this.#positions.journalLines(bytes, cursor, Number(passed));
    } else {
      const endsAt = Number(end.split(' ', 1)[0]);
      lines = this.#positions.fileLines(id, path, frame.offset, bytes, isFiltered ? endsAt : undefined);
    }
    if (lines.length === 0) return;
    const stream = this.#streams.of(id === 'journal' ? path : logOf(path), this.#aheadMs);
    const context = { ...this.#clock, nowMs };
    if (this.#pace.isLive && id !== 'journal') this.#judgeClock(stream, path, lines, context);
    this.#pace.took(stream.add(lines, nowMs, context));
  }

  #judgeClock(stream: LogStream, path: string, lines: readonly RawLine[], context: ClockContext): void {
    const aheadMs = stream.judgeClock(lines, context.nowMs, context);
    if (aheadMs !== undefined)
      this.#tell(`its clock seems to be ${aboutMinutes(aheadMs)}, by the times in ${path}`);
  }

  #noticed({ what, offset, path }: Extract<Frame, { kind: 'notice' }>): void {
    const isAbsent = what === 'missing' || what === 'empty';
    const isKnown = isAbsent && this.#missing.has(path);
    if (isAbsent) this.#missing.add(path);
    // Every new connection says it anew.
    if (!isKnown) this.#tell(noticeText(what, path, offset, this.#logs.host.ssh.user));
  }

  #tell(message: string): void {
    this.#tools.events.notice(this.host, message);
  }
}
