import { setTimeout as sleep } from 'node:timers/promises';
import { sentenceOf, UsageError } from '../errors.js';
import { ConnectError, HostError, reasonOf } from '../ssh/connect-error.js';
import { LineCutter, type RawLine } from '../ssh/lines.js';
import type { CommandResult, Session } from '../ssh/transport.js';
import type { GrepRequest, GrepTools } from './grep.js';
import { grepCommand } from './grep-command.js';
import { type LogFile, type LogListing, listLogs } from './list.js';
import { type LogLine, LogStream } from './log-stream.js';
import type { Merge } from './merge.js';
import { MAX_WAITING } from './pace.js';
import type { HostLogs } from './sources.js';

/** `failed`: it was reached, and not all of it could be searched. */
export type SearchEnd = 'searched' | 'failed' | 'unreachable';

const FULL_MS = 20;
/** Exit statuses of templates/logs/grep.sh. */
const NO_MATCH = 1;
const BAD_PATTERN = 2;
const GONE = 65;

export interface HostGrepTools extends GrepTools {
  readonly merge: Merge<LogLine>;
  readonly script: string;
  /** Called once the host was reached and its search has begun. */
  readonly onHeard: (host: string) => void;
}

/** The search of one host: its logs beside each other, the files of a log from the oldest to the newest. */
export class HostGrep {
  readonly #logs: HostLogs;
  readonly #request: GrepRequest;
  readonly #tools: HostGrepTools;
  #isWhole = true;

  constructor(logs: HostLogs, request: GrepRequest, tools: HostGrepTools) {
    this.#logs = logs;
    this.#request = request;
    this.#tools = tools;
  }

  /** @throws {UsageError} for a pattern that grep does not understand */
  async run(): Promise<SearchEnd> {
    const { host, sources } = this.#logs;
    const { connections, signal } = this.#tools;
    try {
      const session = await connections.session(host, signal);
      const listing = await listLogs(session, sources, signal);
      for (const pattern of listing.missing) this.#fail(`there is no ${pattern}`);
      const logs = [...new Set(listing.files.map(({ log }) => log))];
      const searches = [
        ...logs.map((log) => this.#searchLog(session, log, listing)),
        ...(sources.journal === undefined ? [] : [this.#searchJournal(session, sources.journal, listing)]),
      ];
      this.#tools.onHeard(host.name);
      await Promise.all(searches);
      return this.#isWhole ? 'searched' : 'failed';
    } catch (error) {
      if (signal.aborted) return 'searched';
      if (!(error instanceof HostError)) throw error;
      this.#fail(reasonOf(sentenceOf(error), host));
      return error instanceof ConnectError ? 'unreachable' : 'failed';
    }
  }

  async #searchLog(session: Session, log: string, listing: LogListing): Promise<void> {
    const { sinceMs = 0 } = this.#request;
    const files = listing.files.filter((file) => file.log === log && file.mtimeMs + 1000 >= sinceMs);
    await this.#searchAll(session, log, files, listing);
  }

  async #searchJournal(session: Session, unit: string, listing: LogListing): Promise<void> {
    await this.#searchAll(session, unit, [unit], listing);
  }

  async #searchAll(
    session: Session,
    source: string,
    parts: readonly (LogFile | string)[],
    { clockMs, zoneMinutes }: LogListing,
  ): Promise<void> {
    const stream = new LogStream(this.#logs.host.name, source, this.#tools.merge, {
      stamps: this.#request.stamps(),
      sinceMs: undefined,
      aheadMs: 0,
    });
    stream.merge.expectMore(true, Date.now());
    const context = { zoneMinutes, nowMs: clockMs };
    const add = async (lines: readonly RawLine[]) => {
      stream.add(this.#inTime(lines, stream, context), Date.now(), context);
      while (stream.merge.waiting > MAX_WAITING && !this.#tools.signal.aborted) await sleep(FULL_MS);
    };
    try {
      for (const part of parts) {
        const cutter = new LineCutter();
        const command = grepCommand(this.#tools.script, this.#request, part);
        const onStdout = (chunk: Buffer) => add(cutter.cut(chunk));
        const result = await session.run(command, { onStdout, signal: this.#tools.signal });
        const rest = cutter.rest();
        if (rest !== undefined) await add([rest]);
        this.#judge(result, typeof part === 'string' ? `the journal of ${part}` : part.path);
      }
    } finally {
      stream.merge.expectMore(false, Date.now());
    }
  }

  /** Those of the wanted time; a line without a time goes with the one before it. */
  #inTime(lines: readonly RawLine[], stream: LogStream, context: Parameters<LogStream['timeOf']>[1]) {
    const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = this.#request;
    if (sinceMs === Number.NEGATIVE_INFINITY && untilMs === Number.POSITIVE_INFINITY) return lines;
    return lines.filter(({ text }) => {
      const at = stream.timeOf(text, context);
      return at === undefined || (at >= sinceMs && at <= untilMs);
    });
  }

  #judge({ exitCode, signal, stderr }: CommandResult, what: string): void {
    const said = stderr.trim().split('\n').at(-1) ?? '';
    if (exitCode === BAD_PATTERN && said.startsWith('grep:'))
      throw new UsageError(
        `grep does not understand the pattern: ${said.slice('grep: '.length)}`,
        'patterns are extended regular expressions, as of grep -E',
      );
    if (exitCode === GONE) this.#fail(`${what} was rotated away before it could be searched`);
    else if (exitCode === null) this.#fail(`the search of ${what} was ended by ${signal}`);
    else if (exitCode > NO_MATCH || said !== '')
      this.#fail(`${what}: ${said === '' ? `grep ended with status ${exitCode}` : said}`);
  }

  #fail(message: string): void {
    this.#isWhole = false;
    this.#tools.notice(this.#logs.host.name, message);
  }
}
