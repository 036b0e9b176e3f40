import { setTimeout as sleep } from 'node:timers/promises';
import { sentenceOf } from '../errors.js';
import { ConnectError, HostError, LinkLostError, reasonOf } from '../ssh/connect-error.js';
import type { RawLine } from '../ssh/lines.js';
import type { ReadSession } from '../ssh/transport.js';
import { Conversation, SilentHostError } from './conversation.js';
import { followCommand, requireSound, UnlistedError } from './follow-command.js';
import { NotOurScriptError } from './frames.js';
import { aboutMinutes, aheadMs } from './host-clock.js';
import { HostReader } from './host-reader.js';
import { HostStreams } from './host-streams.js';
import type { LogStream } from './log-stream.js';
import { Pace } from './pace.js';
import { shownPath } from './remote-path.js';
import { seekSince } from './seek.js';
import { type HostLogs, logOf, waitingFor } from './sources.js';
import type { HostTailTools, TailEnd, TailRequest } from './tail-request.js';
import type { ClockContext } from './times/stamp.js';

/** Pauses between attempts to reach a host, in milliseconds. */
const RETRY_MS = [500, 1000, 2000, 5000];
/** How long a host that has never answered is tried, in milliseconds. */
const UNHEARD_MS = 60_000;
/** From this difference on a clock is reported as wrong, and its times are corrected. */
const CLOCK_OFF_MS = 10_000;

/** Follows the logs of one host over any number of connections. */
export class HostTail {
  readonly host: string;
  readonly #logs: HostLogs;
  readonly #request: TailRequest;
  readonly #tools: HostTailTools;
  readonly #reader: HostReader;
  readonly #streams: HostStreams;
  readonly #pace: Pace;
  #clock: ClockContext = { zoneMinutes: 0, nowMs: Date.now() };
  #aheadMs = 0;
  #wasHeard = false;
  readonly #startMs = performance.now();
  #heardMs = 0;
  #lostMs: number | undefined;
  #told: Promise<void> = Promise.resolve();
  #isWaiting = false;

  constructor(logs: HostLogs, request: TailRequest, tools: HostTailTools) {
    this.host = logs.host.name;
    this.#logs = logs;
    this.#request = request;
    this.#tools = tools;
    this.#pace = new Pace(request.maxRate);
    this.#streams = new HostStreams(this.host, request, tools.merge);
    this.#reader = new HostReader(logs, request, {
      lines: (source, lines) => this.#lines(source, lines),
      isFull: (source) => this.#streams.isFull(source),
      skipped: (lines) => tools.events.dropped(this.host, lines),
      tell: (message) => this.#tell(message),
      missing: (message) => {
        this.#told = this.#told.then(() => this.#tellMissing(message));
      },
    });
  }

  /** True when none of the requested logs is on this host. */
  get hasNothing(): boolean {
    return this.#wasHeard && this.#reader.hasNothing;
  }

  /** True when that is so only because the service that writes them was not started there yet. */
  get isWaiting(): boolean {
    return this.#isWaiting && !this.#reader.isBlind;
  }

  /**
   * Without `follow`, ends at the end of the logs. Else ends when the signal aborts, or when the host cannot be used: a wrong
   * host key, no login, invalid answers, no answer within a minute.
   *
   * @throws {UsageError} for a pattern that grep does not understand
   */
  async run(): Promise<TailEnd> {
    const end = await this.#run();
    await this.#told;
    return end;
  }

  async #run(): Promise<TailEnd> {
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
      this.#streams.expectNothing();
      await sleep(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)], undefined, { signal }).catch(
        () => undefined,
      );
      if (signal.aborted) return 'read';
    }
  }

  /** Decides whether to go on after an error, and tells about it. */
  #judge(error: unknown, tries: number): TailEnd | undefined {
    if (!(error instanceof HostError)) throw error;
    const reason = reasonOf(sentenceOf(error), this.#logs.host);
    const isGivenUp = !this.#wasHeard && performance.now() - this.#startMs > UNHEARD_MS;
    const goesOn = !isGivenUp && this.#passes(error) && (this.#request.follow || this.#wasHeard);
    if (this.#wasHeard && this.#lostMs === undefined && goesOn) {
      this.#lostMs = this.#heardMs;
      this.#tell(
        `${error instanceof LinkLostError ? 'the connection was lost' : reason}; trying to get it back`,
      );
    } else if (tries === 0 || !goesOn) {
      this.#tell(`${reason}${goesOn ? '; trying on' : isGivenUp ? '; it is tried no more' : ''}`);
    }
    this.#reader.linkLost();
    if (goesOn) return undefined;
    this.#streams.expectNothing();
    return error instanceof ConnectError ? 'unreachable' : 'failed';
  }

  /** Whether the error may be temporary. A host that has never answered is not waited for twice. */
  #passes(error: HostError): boolean {
    if (error instanceof NotOurScriptError) return false;
    if (error instanceof UnlistedError) return this.#request.follow;
    if (error instanceof SilentHostError) return this.#wasHeard;
    return (
      !(error instanceof ConnectError) || ['unreachable', 'timed-out', 'dropped'].includes(error.failure)
    );
  }

  /** One follower on the host, from its start to its end. True when everything was read and no more is wanted. */
  async #follow(session: ReadSession): Promise<boolean> {
    const { sources } = this.#logs;
    const { filter, sinceMs } = this.#request;
    const { signal } = this.#tools;
    if (!this.#wasHeard && sinceMs !== undefined)
      await seekSince(session, sources, this.#request, this.#reader.files, signal);
    const askedMs = Date.now();
    const talk = new Conversation(session, followCommand(sources, filter), signal);
    this.#pace.restart();
    try {
      const hello = await talk.hello();
      if (hello !== undefined) this.#hello(hello, askedMs, Date.now());
      await this.#ask(talk);
      const isRead = !talk.isOver;
      requireSound(this.host, await talk.end());
      return isRead;
    } finally {
      talk.close();
    }
  }

  /** Sends requests until the follower has ended, or without `follow` until everything was read. */
  async #ask(talk: Conversation): Promise<void> {
    while (!talk.isOver) {
      if (!this.#request.follow && this.#pace.isLive) return;
      const next = this.#pace.next(Date.now(), this.#streams.waiting);
      if (typeof next === 'number') await talk.pause(next);
      else if (next === 'k') talk.keep();
      else {
        const progress = await this.#reader.round(talk, next === 's');
        if (progress === undefined) return;
        this.#heardMs = Date.now();
        this.#pace.polled(progress, this.#heardMs);
        this.#streams.expectMore(progress !== 'all', this.#reader.behind);
      }
    }
  }

  #hello(hello: { clockMs: number; zoneMinutes: number }, askedMs: number, nowMs: number): void {
    const { clockMs, zoneMinutes } = hello;
    const ahead = aheadMs(clockMs, askedMs, nowMs);
    this.#clock = { zoneMinutes, nowMs };
    if (this.#lostMs !== undefined)
      this.#tell(`the connection is back after ${Math.round((nowMs - this.#lostMs) / 1000)} s`);
    else if (!this.#wasHeard && Math.abs(ahead) >= CLOCK_OFF_MS) {
      this.#aheadMs = ahead;
      this.#tell(`its clock seems to be ${aboutMinutes(ahead)}`);
    }
    this.#lostMs = undefined;
    this.#wasHeard = true;
  }

  #lines(source: { readonly path: string } | { readonly unit: string }, lines: readonly RawLine[]): void {
    if (lines.length === 0) return;
    const nowMs = Date.now();
    const isFile = 'path' in source;
    const stream = this.#streams.of(isFile ? logOf(source.path) : source.unit, this.#aheadMs);
    const context = { ...this.#clock, nowMs: nowMs + this.#aheadMs };
    if (this.#pace.isLive && isFile) this.#judgeClock(stream, source.path, lines, nowMs, context);
    this.#pace.took(stream.add(lines, nowMs, context));
  }

  #judgeClock(
    stream: LogStream,
    path: string,
    lines: readonly RawLine[],
    nowMs: number,
    context: ClockContext,
  ): void {
    const ahead = stream.judgeClock(lines, nowMs, context);
    if (ahead !== undefined)
      this.#tell(`its clock seems to be ${aboutMinutes(ahead)}, by the times in ${shownPath(path)}`);
  }

  async #tellMissing(message: string): Promise<void> {
    const why = await waitingFor(this.#logs, message);
    this.#isWaiting ||= why !== undefined;
    this.#tell(why ?? message);
  }

  #tell(message: string): void {
    this.#tools.events.notice(this.host, message);
  }
}
